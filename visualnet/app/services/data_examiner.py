"""What the chosen data hold, found out in the background while somebody looks: divided, looked through, measured, searched for copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.core.project import DataChoice
from visualnet.data.registry import describe_missing
from visualnet.data.sources.registry import SOURCES
from visualnet.data.sources.source import SourceScan

if TYPE_CHECKING:
    from visualnet.data.declare import DataSet
    from visualnet.data.examination.copies import CopyGroup
    from visualnet.data.examination.measure import DataFigures
    from visualnet.data.samples import Samples
    from visualnet.data.split import Index

LOOKED_FOR_AT_ONCE = 5_000
"""Among so few samples of own data copies are looked for without being asked."""
KEPT = 4
"""What was found of so many choices is kept."""


class Opened(NamedTuple):
    """Data as they are, before any preparation, and how they are divided."""

    choice: DataChoice
    source: DataSet
    samples: Samples
    parts: tuple[Index, Index, Index]

    def part_of(self, sample: int) -> int:
        """Which part holds a sample: 0 to 2, or -1 where it is left out."""
        import numpy as np

        for at, part in enumerate(self.parts):
            place = int(np.searchsorted(part, sample))
            if place < len(part) and part[place] == sample:
                return at
        return -1


class DataExaminer(QObject):
    """What is known of the project's data. Ask it to `examine` while somebody looks; ``changed`` tells of all that comes."""

    changed = Signal()
    progressed = Signal(str, float)
    """What is being done, in words, and the share of it; no words when nothing is."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.studio = studio
        self.opened: Opened | None = None
        self.figures: DataFigures | None = None
        self.trouble = ""
        """Why the data cannot be opened; empty while they can."""
        self._choice: DataChoice | None = None
        self._found: dict[object, SourceScan] = {}
        self._copies: dict[object, tuple[CopyGroup, ...]] = {}
        self._task: BackgroundTask | None = None
        studio.document_changed.connect(self.forget)

    @property
    def choice(self) -> DataChoice:
        """The data of the open project."""
        choice: DataChoice = self.studio.project.data
        return choice

    @property
    def found(self) -> SourceScan | None:
        """What looking own data through gave."""
        return self._found.get(_place(self.choice))

    @property
    def copies(self) -> tuple[CopyGroup, ...] | None:
        """Groups of copies; None while nobody has looked for them."""
        return self._copies.get(self._copies_key())

    @property
    def missing(self) -> str:
        """What to do where the data of the project are not there; empty where they are."""
        return describe_missing(self.choice)

    @property
    def is_outdated(self) -> bool:
        """Whether own data are others than those that the project tells of."""
        found, facts = self.found, self.choice.facts
        return found is not None and facts is not None and found.facts.fingerprint != facts.fingerprint

    @property
    def busy(self) -> bool:
        """Whether something is being found out."""
        return self._task is not None and self._task.running

    def forget(self) -> None:
        """Another project is in front."""
        self._stop()
        self._choice, self.opened, self.figures, self.trouble = None, None, None, ""
        self.changed.emit()

    def keep(self, choice: DataChoice, found: SourceScan) -> None:
        """Take in what somebody found by looking a choice through."""
        self._found[_place(choice)] = found
        while len(self._found) > KEPT:
            del self._found[next(iter(self._found))]

    def examine(self, again: bool = False) -> None:
        """Find out what is not known yet of the project's data; ``again`` also what is."""
        now = _as_divided(self.choice)
        if again:
            self._found.pop(_place(now), None)
            self._copies.pop(self._copies_key(), None)
        elif now == self._choice:
            return
        self._stop()
        self._choice, self.opened, self.figures, self.trouble = now, None, None, self.missing
        self.changed.emit()
        if not self.trouble:
            known = self._found.get(_place(now))
            self._begin(lambda job: _open(now, known, job), self._take_opened, "Looking the data through")

    def look_for_copies(self) -> None:
        """Compare all samples; each is decoded once."""
        if (opened := self.opened) is None or self.busy:
            return

        def run(job: Job) -> tuple[CopyGroup, ...]:
            from visualnet.data.examination.copies import find_copies

            return find_copies(opened.source, opened.samples, job)

        self._begin(run, self._take_copies, "Looking for copies")

    def cancel(self) -> None:
        """Give up what is being found out."""
        self._stop()
        self.changed.emit()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.progressed.emit("", 0.0)

    def _begin(self, run: Callable[[Job], Any], done: Callable[[Any], object], words: str) -> None:
        task = BackgroundTask(
            run,
            done,
            lambda share: self.progressed.emit(words, share),
            self._refuse,
            name="examine data",
            words="The data cannot be read",
            parent=self,
        )
        self._task = task
        task.finished.connect(lambda: self._end(task))
        self.progressed.emit(words, 0.0)

    def _end(self, task: BackgroundTask) -> None:
        if self._task is task:
            self._task = None
            self.progressed.emit("", 0.0)
            self.changed.emit()

    def _take_opened(self, result: tuple[SourceScan | None, Opened | None, str]) -> None:
        found, self.opened, self.trouble = result
        if found is not None and self._choice is not None:
            self.keep(self._choice, found)
        self.changed.emit()
        if (opened := self.opened) is not None:
            self._begin(lambda job: _measure(opened, job), self._take_figures, "Measuring the samples")

    def _take_figures(self, figures: DataFigures) -> None:
        self.figures = figures
        self.changed.emit()
        own = self.opened is not None and self.opened.choice.name in SOURCES
        if self.opened is not None and own and self.copies is None and self.opened.samples.size <= LOOKED_FOR_AT_ONCE:
            self._task = None
            self.look_for_copies()

    def _take_copies(self, copies: tuple[CopyGroup, ...]) -> None:
        self._copies = {self._copies_key(): copies}
        self.changed.emit()

    def _refuse(self, words: str) -> None:
        self.trouble = words
        self.changed.emit()

    def _copies_key(self) -> object:
        facts = self.choice.facts
        return _place(self.choice), facts.fingerprint if facts is not None else ""


def _place(choice: DataChoice) -> object:
    return choice.name, choice.path, tuple(choice.options.items())


def _as_divided(choice: DataChoice) -> DataChoice:
    """The choice without what changes neither the samples nor their parts."""
    return replace(choice, preparation=(), normalise=True, balance="", extra={})


def _open(choice: DataChoice, found: SourceScan | None, job: Job) -> tuple[SourceScan | None, Opened | None, str]:
    """What own data hold now, and the samples; or the words that say why they cannot be opened."""
    from visualnet.data.division.registry import divide
    from visualnet.data.loading import open_samples
    from visualnet.data.sources.source import make_source

    if choice.name in SOURCES and found is None:
        found = make_source(choice).look_through(job)
    try:
        source, samples = open_samples(choice, job)
        return found, Opened(choice, source, samples, divide(samples, choice)), ""
    except ValueError as error:
        return found, None, str(error)


def _measure(opened: Opened, job: Job) -> DataFigures:
    from visualnet.data.examination.measure import measure_data
    from visualnet.data.examination.sample_content import category_words

    return measure_data(opened.source, opened.samples, opened.parts, job, category_words(opened.choice))


def data_examiner_of(studio: Studio) -> DataExaminer:
    """The one of a Studio; it is made when first asked for."""
    return studio.findChild(DataExaminer) or DataExaminer(studio)
