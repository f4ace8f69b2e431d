"""The runs that the page shows: the index beside the window, what is asked of it, and what is changed in the folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from visualnet.app.services.background_task import BackgroundTask, Job, TaskQueue
from visualnet.app.state.studio import Studio
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.filter_line import FilterError, Term, parse_filter
from visualnet.training.run_index.index import RunIndex, default_index
from visualnet.training.run_index.query import Scope
from visualnet.training.run_records.annotations import RunAnnotations, read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.origins import describe_origin
from visualnet.training.runs.run_model import RunModel, read_run


class RunStore(QObject):
    """Rows in the order and with the filter that are asked for. ``trouble`` says why a filter cannot be used; the rows stay then."""

    changed = Signal()
    """There are other rows, or other values in them."""
    read = Signal(str)
    """The curves of this run are here."""
    looking = Signal(float)
    """The folders are looked at: the share that is done; 1.0 at the end."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.index: RunIndex = default_index()
        self.queue = TaskQueue(self)
        self.rows: list[RunRow] = []
        self.line, self.sort, self.descending = "", "started", True
        self.whole = True
        """Whether the runs of all projects are meant."""
        self.put_away = False
        """Whether the archived and the hidden are shown too."""
        self.trouble = ""
        self.models: dict[str, RunModel] = {}
        """What was read of the runs whose curves are asked for; nothing is kept of others."""
        self._asked: frozenset[str] = frozenset()
        self._columns: dict[str, dict[str, float | str]] = {}
        self._task: BackgroundTask | None = None
        self._changed = False
        """Something was changed while the folders are looked at: they are looked at once more."""
        self.run_edits = studio.runner.run_edits
        self.destroyed.connect(self.index.close)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The filter.

        Raises:
            FilterError: it cannot be read, or names what no run has.
        """
        terms = parse_filter(self.line)
        self.index.check_filter(terms)
        return terms

    @property
    def scope(self) -> Scope:
        """Which runs are meant."""
        if self.whole:
            return Scope(None, (), self.put_away, self.put_away)
        project = self.studio.shell.last_project()
        # Where no project was in front there are no runs of it: none has an empty name of a project.
        name, ids = (project.name, tuple(run.id for run in project.runs)) if project is not None else ("", ())
        return Scope(name, ids, self.put_away, self.put_away)

    def ask(self) -> None:
        """Take the rows as the index has them now."""
        question = self._question()
        self._take(self.index.rows(*question) if question is not None else self.rows)

    def _question(self) -> tuple[tuple[Term, ...], str, bool, Scope] | None:
        """What is asked of the index; None (and ``trouble``) where the filter cannot be used."""
        try:
            terms, self.trouble = self.terms, ""
        except FilterError as error:
            self.trouble = str(error)
            return None
        return terms, self.sort, self.descending, self.scope

    def _take(self, rows: list[RunRow]) -> None:
        self.rows = rows
        self._columns.clear()
        self.changed.emit()

    def refresh(self) -> None:
        """Look at the folders beside the window, then take the rows; what is known already is shown at once."""
        self.ask()
        if not self.is_looking:
            self._look(reread=True)

    def look_again(self) -> None:
        """Take in what was changed in the folders from here, looked at beside the window: the rows are shown as they were until then."""
        if self.is_looking:
            self._changed = True  # what it looks at now may be older than the change
        else:
            self._look()

    def _look(self, reread: bool = False) -> None:
        """Look at the folders beside the window. ``reread``: the curves of runs that go on are read anew afterwards."""

        question = self._question()

        def run(job: Job) -> list[RunRow] | None:
            self.index.refresh(job)
            return self.index.rows(*question) if question is not None else None

        def done(rows: list[RunRow] | None) -> None:
            kept = {run: model for run, model in self.models.items() if model.over or not reread}
            self.models = {run: model for run, model in kept.items() if self.folder(run).is_dir()}
            self.looking.emit(1.0)
            if rows is not None and self._question() == question:
                self._take(rows)
            else:  # something else is asked by now
                self.ask()
            if self._changed:
                self._changed = False
                self._look()

        self._task = BackgroundTask(
            run,
            done,
            self.looking.emit,
            lambda words: self.studio.message.emit("warning", words),
            name="runs",
            words="The runs cannot be listed",
            parent=self,
        )

    @property
    def is_looking(self) -> bool:
        """Whether the folders are looked at just now, or will be at once."""
        return self._task is not None and self._task.running

    def column(self, name: str) -> dict[str, float | str]:
        """The values of a setting or a figure, by run."""
        if name not in self._columns:
            self._columns[name] = self.index.values(name)
        return self._columns[name]

    def folder(self, run: str) -> Path:
        """The folder of a run."""
        return self.index.root / run

    def read_curves(self, runs: Sequence[str]) -> None:
        """Read the logs of these runs beside the window; `read` tells of each. What was read of others is let go."""
        self._asked = frozenset(runs)
        self.models = {run: model for run, model in self.models.items() if run in self._asked}

        def keep(run: str) -> Callable[[RunModel], None]:
            def take(model: RunModel) -> None:
                if run in self._asked:
                    self.models[run] = model
                    self.read.emit(run)

            return take

        for run in runs:
            if run not in self.models:
                read = partial(read_run, self.folder(run))
                self.queue.submit(f"curves {run}", read, keep(run), words="A log cannot be read")

    # --- what a person says of runs --------------------------------------------------------------------------------------

    def said_of(self, run: str) -> RunAnnotations:
        """What was said of a run."""
        return read_annotations(self.folder(run))

    def origin_of(self, run: str) -> str:
        """Where a run came from, in words, with the name of the run that it came from; empty where it began anew."""
        try:
            origin = read_record(self.folder(run)).origin
        except ValueError:
            return ""
        if origin is None:
            return ""
        return describe_origin(origin, self.said_of(origin.run).name if origin.run in self.index.ids() else "")

    def annotate(self, words: str, runs: Sequence[str], change: Callable[[RunAnnotations], dict[str, Any]]) -> None:
        """Change what is said of some runs; what was said before can be had back."""
        self.run_edits.annotate(words, [self.folder(run) for run in runs], change)

    def delete(self, runs: Sequence[str]) -> None:
        """Move the folders of some runs to the trash, from where they can be had back; one that is gone by now is left out."""
        there = [folder for run in runs if (folder := self.folder(run)).is_dir()]
        if there:
            self.run_edits.delete(there)
