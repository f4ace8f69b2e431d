"""What is looked at inside the network: who wants to see which ports, on which sample, and what was seen last.

While a run goes on it is asked to look, within its budget; otherwise a background task looks, so that no panel is ever dead.
The cards of the open sheet are looked at while a run goes on, and afterwards with its weights, until the network is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet import pytorch
from visualnet.analysis.facts import NodePath
from visualnet.app.plots.charts.sparkline import compose_strip
from visualnet.app.plots.colours import plot_colours
from visualnet.app.services.background_task import LOOK_MS, Job, TaskQueue
from visualnet.app.services.observing.observation_store import ObservationStore
from visualnet.app.services.observing.slow_observations import SlowObservations
from visualnet.app.services.redraw_budget import RedrawBudget
from visualnet.app.state.feeds import Feeds
from visualnet.app.state.frame_settings import WATCH_BUDGET
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import Theme
from visualnet.core.project import MAIN, DataChoice, Project
from visualnet.core.user.settings import Settings
from visualnet.data.loading import Loaded, load
from visualnet.training.control import OwnSample, ProbePort, ProbeRequest, TrainingControl
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion, ProbeResult, Weights, torch_is_ready
from visualnet.training.observations.observation import find_observations

if TYPE_CHECKING:
    from visualnet.training.events import ProbeReport
    from visualnet.training.observations.observation import ObservationRequest, Result

NOT_READY = "Press Train, or wait for PyTorch to load"
AFTER_EDIT_MS, AFTER_CHOICE_MS, POLL_MS = 150, 20, 250
LOOK_OWN_MS = 4
"""How often it is asked for the answer to a sample that the person is making: a stroke must be followed at once."""
THUMBNAILS_MS, CANVAS = 400, "canvas"
THUMBNAIL, MOST_THUMBNAILS = (144, 34), 48


def sheet_path(studio: Studio) -> NodePath:
    """The instance through which the open sheet is seen; for a block that was opened by itself, the first one there is."""
    if studio.sheet == MAIN or studio.path:
        return studio.path
    return next((path for path, facts in studio.analysis.walk() if facts.node.block == studio.sheet), ())


class _Wish(NamedTuple):
    """What somebody wants to see."""

    ports: tuple[ProbePort, ...] = ()
    grid: bool = False
    observations: tuple[ObservationRequest, ...] = ()


class LiveProbes(QObject):
    """Gathers what the panels want to see. ``seen`` is what was seen last, ``words`` why there is nothing."""

    changed = Signal()
    sample_changed = Signal(object)
    data_changed = Signal()

    def __init__(
        self, studio: Studio, queue: TaskQueue, redraws: RedrawBudget, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.studio, self.settings, self._queue, self._redraws = studio, settings, queue, redraws
        self.seen: ProbeReport | None = None
        self.trained = False
        self.words = NOT_READY
        self.sample = 0
        self.own: OwnSample | None = None
        """The sample that the person made, which stands in for the chosen one."""
        self.data: Loaded | None = None
        self.data_error = ""
        """Why the chosen data could not be read."""
        self.run: Path | None = None
        """The folder of the run whose weights are looked at while nothing trains."""
        self.feeds = Feeds(self)
        """What the person feeds at ports: all that is seen follows."""
        self.feeds.show_document(studio.document)
        self.feeds.changed.connect(self._feed)
        self.observed = ObservationStore(self)
        self.slow_observations = SlowObservations(studio, self._take_long_look, self)
        self.slow_observations.copy_wanted.connect(lambda: self._apply(0))
        self._control: TrainingControl | None = None
        self._requests: dict[str, _Wish] = {}
        self._choice: DataChoice | None = None
        self._idle_probe, self._asked = IdleProbe(), 0
        self._with_pictures = True
        self._shown: set[NodePath] = set()
        self._pictures: set[NodePath] = set()
        self._colours = plot_colours(studio.theme)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        studio.project_changed.connect(self._edited)
        studio.sheet_changed.connect(lambda _: self._choose_thumbnails())
        studio.theme_changed.connect(self._set_theme)

    @property
    def budget(self) -> float:
        """The share of the training time that watching may take."""
        return min(max(self.settings[WATCH_BUDGET], 0.005), 0.5)

    def set_request(
        self,
        who: str,
        ports: Iterable[ProbePort] = (),
        grid: bool = False,
        observations: Iterable[ObservationRequest] = (),
    ) -> None:
        """Look at these for `who` from now on; nothing at all: for this one no more."""
        wish = _Wish(tuple(ports), grid, tuple(observations))
        if wish == self._requests.get(who, _Wish()):
            return
        if wish == _Wish():
            del self._requests[who]
        else:
            self._requests[who] = wish
        self._apply(AFTER_CHOICE_MS)

    def set_pictures(self, shown: bool) -> None:
        """Show live pictures on the cards of the open sheet, or none."""
        if shown != self._with_pictures:
            self._with_pictures = shown
            self._choose_thumbnails()

    def set_sample(self, sample: int) -> None:
        """Look at another sample of the validation set."""
        sample = max(int(sample), 0)
        if self.samples:
            sample = min(sample, self.samples - 1)
        if sample != self.sample or self.own is not None:
            self.sample, self.own = sample, None
            self.observed.forget_sample()
            self.sample_changed.emit(sample)
            self._apply(AFTER_CHOICE_MS)

    def set_own(self, own: OwnSample | None) -> None:
        """Look at a sample that the person made, or (None) at the chosen sample of the data again."""
        if own is not self.own:
            self.own = own
            self.observed.forget_sample()
            self.sample_changed.emit(self.sample)
            self._apply(0)

    def _feed(self) -> None:
        """Another value stands in for what flows somewhere."""
        self.observed.forget_sample(every=True)
        self._apply(0)

    def ask(self, request: ObservationRequest) -> None:
        """Compute an observation that takes long, once: of the weights that are trained, or those that are looked at now."""
        project = self._control.project if self._control is not None else None
        self.slow_observations.ask(request, self.current_request(), self.run, project)

    def lend_weights(self, take: Callable[[Project, Weights], object], gone: Callable[[], object]) -> bool:
        """Hand over what is trained now, with a copy of its weights, as soon as the run has given one; call ``gone`` where it ends before.
        Whether anything is being trained, else nothing is called."""
        project = self._control.project if self._control is not None else None
        if project is None:
            return False
        self.slow_observations.lend(lambda weights: gone() if weights is None else take(project, weights))
        return True

    def _take_long_look(self, step: int, found: ProbeReport | str, request: ObservationRequest) -> None:
        if isinstance(found, str):
            self.observed.take(step, {request: found})
        else:
            self.observed.take(step, self._comparable(found))

    def _comparable(self, seen: ProbeReport) -> Mapping[ObservationRequest, Result | str]:
        """What was observed of the sample, and with the feeds, that are looked at now; a look that was under way is of those before."""
        now, asked = self.current_request(), seen.asked
        if asked is None or asked.feeds != now.feeds:
            return {}
        if asked.sample == now.sample and asked.own is now.own:
            return dict(seen.observed)
        kinds = find_observations()
        return {request: result for request, result in seen.observed.items() if not kinds[request.name].of_sample}

    def redraw_ms(self, every_ms: int) -> int:
        """How often a picture is drawn anew that is drawn every so many ms otherwise: what a person makes is followed at once."""
        return 0 if (self.own is not None or self.feeds.active) and self._control is None else every_ms

    @property
    def samples(self) -> int:
        """How many samples there are to choose from; 0 while the data is not read."""
        return 0 if self.data is None else len(self.data.shown)

    def place(self, sample: int) -> int | None:
        """Where a sample stands in the whole data set."""
        if self.data is None or not self.samples:
            return None
        return int(self.data.shown[min(sample, self.samples - 1)])

    def current_request(self) -> ProbeRequest:
        """All that is wanted, as one order."""
        wishes = self._requests.values()
        ports = dict.fromkeys(port for wish in wishes for port in wish.ports)
        observations = dict.fromkeys(one for wish in wishes for one in wish.observations)
        grid = any(wish.grid for wish in wishes)
        return ProbeRequest(
            tuple(ports),
            self.sample,
            self.budget,
            grid,
            self.own,
            tuple(observations),
            self.slow_observations.copy,
            self.feeds.active,
        )

    def set_control(self, control: TrainingControl | None) -> None:
        """A run begins or comes to the front, or (None) is over or goes on unseen: then it looks no more."""
        if self._control is not None and control is None:
            self._control.request_probes((), 0, self.budget, False)
        self._control = control
        if control is None:
            self.slow_observations.go_on_without_copy(self.run)
            self._apply(AFTER_EDIT_MS)
        else:
            self._timer.stop()
            self._forget_network()
            self._choose_thumbnails()
            self._apply(0)

    def _forget_network(self) -> None:
        # A look that still waits would build the network anew, and keep it.
        self._queue.discard("look")
        self._idle_probe.forget()

    def set_run(self, run: Path | None) -> None:
        """Look with the weights of the run in this folder from now on, or with fresh ones."""
        if run != self.run:
            self.observed.clear()  # the looks of two runs are no history
        self.run = run
        self._choose_thumbnails()
        self._apply(AFTER_CHOICE_MS)

    def _apply(self, delay_ms: int) -> None:
        request = self.current_request()
        if self._control is not None:
            self._control.probe_request = request
        elif request.is_wanted and not (self._timer.isActive() and self._timer.remainingTime() > delay_ms):
            self._timer.start(delay_ms)

    def _look(self) -> None:
        request = self.current_request()
        if self._control is not None or not request.is_wanted:
            return
        if not torch_is_ready() and not pytorch.import_failure():
            self._timer.start(POLL_MS)
            return
        self._asked += 1
        question = ProbeQuestion(self._asked, self.studio.project, self.studio.analysis, request, self.run)
        self._queue.submit_watched(
            "look",
            lambda job: self._idle_probe(question, going=job),
            self._answer,
            words="Looking into the network failed",
            look_ms=LOOK_OWN_MS if request.own is not None or request.feeds else LOOK_MS,
        )

    def _answer(self, result: ProbeResult) -> None:
        if result.number == self._asked and self._control is None:
            self.seen, self.trained, self.words = result.seen, result.trained, result.words
            if result.seen is not None:
                self.observed.take(result.seen.step, self._comparable(result.seen))
            if result.trained:
                self._show_thumbnails()
            elif result.seen is not None:
                self._clear_thumbnails()  # fresh weights: there is nothing to see in them
            self.changed.emit()

    def take_report(self, seen: ProbeReport) -> None:
        """The run has looked."""
        if self._control is not None:
            self.seen, self.trained, self.words = seen, True, ""
            self.observed.take(seen.step, self._comparable(seen))
            if seen.weights is not None and self._control.project is not None:
                self.slow_observations.take_copy(seen)
                self._apply(0)
            self._redraws.ask(CANVAS, None, self._show_thumbnails, THUMBNAILS_MS)
            self.changed.emit()

    def need_data(self) -> None:
        """Read the chosen data in the background, unless it is there."""
        choice = self.studio.project.data
        if choice == self._choice:
            return
        # What was wrong with the data before says nothing about these.
        self._choice, self.data_error = choice, ""
        if self.data is not None:
            # Another data set has other fields and other samples: better none than those, until these are read.
            self.data = self.own = None
            self.data_changed.emit()

        def read(job: Job) -> Loaded:
            def check(share: float) -> None:
                job(share)
                if self._choice is not choice:
                    raise ValueError("other data were chosen")

            return load(choice, check)

        self._queue.submit_watched(
            "data",
            read,
            lambda data: self.take_data(choice, data),
            lambda error: self.take_data(choice, None, error),
            words="The data cannot be read",
        )

    def take_data(self, choice: DataChoice, data: Loaded | None, error: str = "") -> None:
        """The data have been read, or could not be."""
        if choice is self._choice:
            self.data, self.data_error, self.own = data, error, None
            self.data_changed.emit()
            self.set_sample(self.sample)

    def _edited(self, before: Project, after: Project) -> None:
        if before.data != after.data:
            self.need_data()
        if before.same_network(after) and before.data is after.data and before.recipe is after.recipe:
            return
        if self._control is None and not (before.same_network(after) and before.data is after.data):
            self.slow_observations.cancel_all()
            self.observed.clear()
            self._clear_thumbnails()
            self.set_request(CANVAS)
        self._apply(AFTER_EDIT_MS)

    def reset(self, run: Path | None) -> None:
        """Another document, with the folder of its run: nothing has been seen of it."""
        self._clear_thumbnails()
        self.slow_observations.cancel_all()
        self.observed.clear()
        self.seen, self.trained, self.words = None, False, NOT_READY
        self.run, self.own = run, None
        self.feeds.show_document(self.studio.document)
        self._asked += 1
        self._forget_network()
        self._choose_thumbnails()
        self.need_data()
        self.changed.emit()
        self._apply(AFTER_EDIT_MS)

    def stop(self) -> None:
        """Look no more; for closing the window."""
        self._timer.stop()

    def _choose_thumbnails(self) -> None:
        """Ask for the cards of the open sheet, where a run goes on or has left its weights."""
        if not self._with_pictures or (self._control is None and self.run is None):
            self._clear_thumbnails()
            self.set_request(CANVAS)
            return
        facts, path = self.studio.facts, sheet_path(self.studio)
        ports: list[ProbePort] = []
        self._pictures.clear()
        for node_id, one in facts.nodes.items() if facts is not None else ():
            port = next(iter(one.outputs), "")
            spec = one.leaving.get(port)
            if spec is not None and 1 <= len(spec.shape) <= 3:
                ports.append(((*path, node_id), port))
                if one.layer is not None and one.layer.role == "input":
                    self._pictures.add((*path, node_id))
        self._clear_thumbnails()
        self.set_request(CANVAS, ports[:MOST_THUMBNAILS])

    def _set_theme(self, theme: Theme) -> None:
        self._colours = plot_colours(theme)
        self._show_thumbnails()

    def _show_thumbnails(self) -> None:
        if self.seen is None or CANVAS not in self._requests:
            return
        found = {}
        for path, port in self._requests[CANVAS].ports:
            array = self.seen.arrays.get((path, port))
            if array is not None and 1 <= array.ndim <= 3 and array.size > 1:
                # A normalised picture goes below zero; it is still an amount of ink, not a signed quantity.
                signed = False if path in self._pictures else None
                found[path] = compose_strip(array, THUMBNAIL, self._colours, signed=signed)
        self._shown |= found.keys()
        if found:
            self.studio.thumbnails_changed.emit(found)

    def _clear_thumbnails(self) -> None:
        """Take the pictures off the cards."""
        if self._shown:
            gone, self._shown = dict.fromkeys(self._shown), set()
            self.studio.thumbnails_changed.emit(gone)
