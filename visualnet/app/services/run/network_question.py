"""With which network a run goes on whose drawing was changed while it waited: what that would keep, and the person's answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import Analysis, infer
from visualnet.analysis.compare.weights_kept import WeightsKept, find_weights_kept
from visualnet.app.services.live_edits import LiveEdits
from visualnet.app.state.studio import Studio
from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first
from visualnet.training.control import TrainingControl
from visualnet.training.runs.network_mark import explain_refusal, is_other_network, with_network_of

Go = Callable[[Project], object]


class NetworkQuestion(QObject):
    """Open while the run of the document in front is paused and another network is drawn than it trains; and, of a run that has ended,
    from when it was to go on until it is answered or the drawing is the old one again.

    ``kept`` says what would become of each node; None where the run cannot go on with the drawing, and ``refusal`` then says why.
    """

    changed = Signal()
    asked = Signal()
    """The run was to go on: first this must be answered."""

    def __init__(self, studio: Studio, edits: LiveEdits, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio, self._edits = studio, edits
        self.kept: WeightsKept | None = None
        self.refusal = ""
        self._before: Project | None = None
        self._declined: Project | None = None
        self._sent: Project | None = None
        self._ended: tuple[Project, Go] | None = None
        self._control: TrainingControl | None = None
        self._analysis: Analysis | None = None
        studio.analysed.connect(self.refresh)
        studio.document_changed.connect(self._forget_ended)

    def begin(self, control: TrainingControl) -> None:
        """A run begins."""
        self._control = control
        self._declined = self._sent = self._ended = None

    @property
    def open(self) -> bool:
        """Whether there is something to answer."""
        return self._before is not None

    @property
    def answered(self) -> bool:
        """Whether the answer was given, and the run is being changed."""
        return self._sent is not None

    @property
    def words(self) -> str:
        """The sentence that asks."""
        if self.answered:
            return "The network is being changed …"
        if self.kept is None:
            refusal = capitalize_first(self.refusal.rstrip("."))
            return f"The network has changed, but the run cannot go on with it. {refusal}."
        return f"The network has changed: {self.kept.summary}."

    def holds_back(self) -> bool:
        """Whether a paused run must not simply go on; then the question is put."""
        self.refresh()
        if not self.open or self.answered or self._declined is self.studio.project:
            return False
        self.asked.emit()
        return True

    def holds_back_ended(self, network: Project, go: Go) -> bool:
        """The same of a run that has ended and trained this network last; ``go`` begins it with the project of the answer."""
        self._ended = with_network_of(self.studio.project, network), go
        self.refresh()
        if self.open:
            self.asked.emit()
        return self.open

    def accept(self) -> None:
        """Go on with the network as it is drawn now."""
        project = self.studio.project
        if self.kept is None or self.answered:
            return
        if self._ended is not None:
            self._answer_ended(project)
        elif self._control is not None:
            self._edits.send()  # settings that were changed too are changed as ever
            self._sent = project
            self._control.change_network(project)
            self.changed.emit()

    def decline(self) -> None:
        """Go on with the network as the run trains it."""
        if not self.open or self.answered:
            return
        if self._ended is not None:
            self._answer_ended(with_network_of(self.studio.project, self._ended[0]))
        elif self._control is not None:
            self._declined = self.studio.project
            self._control.resume()

    def take_changed(self) -> Project | None:
        """The run trains the network of the answer: its project from here on."""
        if self._sent is None:
            return None
        self._edits.trained, self._sent = with_network_of(self._edits.trained, self._sent), None
        return self._edits.trained

    def take_trouble(self) -> None:
        """The run has said that something went wrong: perhaps it could not be changed."""
        if self._sent is not None:
            self._sent = None
            self.changed.emit()

    def refresh(self) -> None:
        """Look whether there is something to answer, and what."""
        before = self._find_before() if self.studio.has_runner else None
        was = self._before, self.kept, self.refusal
        self._before, self.kept, self.refusal = before, None, ""
        if before is not None:
            self.refusal = explain_refusal(before, self.studio.project) or self.studio.runner.why_not()
            if not self.refusal:
                kept = self._compare(before)
                self.refusal = kept.refusal
                self.kept = None if kept.refusal else kept
        if was != (self._before, self.kept, self.refusal):
            self.changed.emit()

    def _find_before(self) -> Project | None:
        state = self.studio.runner.state
        if state != "idle":
            self._ended = None
        before = self._edits.trained if state == "paused" else self._ended[0] if self._ended is not None else None
        return before if before is not None and is_other_network(before, self.studio.project) else None

    def _compare(self, before: Project) -> WeightsKept:
        if self._analysis is None or self._analysis.project is not before:
            self._analysis = infer(before, None, self.studio.fields)
        model = self.studio.runner.model
        earlier = model.networks[-1].earlier if model is not None and model.networks else ()
        return find_weights_kept(self._analysis, self.studio.analysis, earlier)

    def _answer_ended(self, project: Project) -> None:
        assert self._ended is not None
        go, self._ended = self._ended[1], None
        go(project)
        self.refresh()

    def end(self) -> None:
        """The run is over: nothing of it is kept here."""
        self._control = self._declined = self._sent = self._analysis = None

    def _forget_ended(self) -> None:
        self._ended = self._analysis = None
        self.refresh()
