"""The panel *Back-propagation*: the walk through both passes and the step, its list, and the moment in turn written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSpinBox, QWidget

from visualnet import pytorch
from visualnet.analysis.facts import plain_path
from visualnet.app.features.backprop.canvas_marks import NOTHING, CanvasMarks
from visualnet.app.features.backprop.moment_page import MomentPage
from visualnet.app.features.backprop.operation_list import OperationList, is_step_key
from visualnet.app.features.backprop.wire_words import mark_moment
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button, describe, icon_button, label, spin_box
from visualnet.app.widgets.layouts import STRETCH, column, row, split, stack
from visualnet.core.project import MAIN
from visualnet.core.text.format import format_number
from visualnet.training.idle_probe import torch_is_ready, weights_of
from visualnet.training.runs.run_history import folder_of
from visualnet.training.stepping.schedule import FORWARD, Moment, moments, operation_at
from visualnet.training.stepping.values import Passes

if TYPE_CHECKING:
    from visualnet.training.stepping.network import SteppedNetwork

AFTER_EDIT_MS, POLL_MS = 250, 250
MOST_SAMPLES = 64
SPEEDS = {"Slow": 2400, "Usual": 1200, "Fast": 450}
NO_LOSS = (
    "Back-propagation begins at a loss: add one with Edit › Complete for training, or open the template “XOR by hand”."
)
ERRORS = "Mend the errors in the network to step through it."


class BackpropPanel(QWidget):
    """Works on a copy of the network, computed aside; what is shown are plain numbers."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.probes = studio, studio.runner.probes
        self.passes: Passes | None = None
        self.order: tuple[Moment, ...] = ()
        self._network: SteppedNetwork | None = None
        self._key: tuple[Any, ...] = ()
        self._task: BackgroundTask | None = None
        self._again = self._moving_on = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.compute)
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        self._build()
        studio.project_changed.connect(lambda _before, _after: self._wait(AFTER_EDIT_MS))
        studio.document_changed.connect(self._leave_document)
        self.probes.sample_changed.connect(lambda _: self._wait(0))
        studio.runner.attached_changed.connect(lambda *_: self._wait(AFTER_EDIT_MS))
        studio.theme_changed.connect(lambda _: self._show_moment())

    # --- what it consists of -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.chooser = SampleChooser(self.studio)
        self.samples = describe(spin_box(QSpinBox()), "Samples", "How many samples go through together: 1, or a batch")
        self.samples.setRange(1, MOST_SAMPLES)
        self.samples.setPrefix("batch of ")
        self.samples.lineEdit().setTextMargins(fonts.px(6), 0, 0, 0)
        self.samples.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.samples.valueChanged.connect(lambda _: self._wait(0))
        self.learner = describe(
            QComboBox(), "Learner", "Whose loss is followed back, and whose optimizer makes the step"
        )
        self.learner.activated.connect(lambda _: self._wait(0))
        self.learner.hide()
        self.buttons = {
            "first": icon_button(
                "undo", "To the first operation", "To the first operation (Home)", lambda: self.go_to(0)
            ),
            "back": icon_button("chevron-left", "One operation back", "One operation back (←)", lambda: self.step(-1)),
            "play": icon_button("play", "Play", "Play, or stop (Space)", self.toggle_play),
            "on": icon_button("chevron-right", "One operation on", "One operation on (→)", lambda: self.step(1)),
            "last": icon_button(
                "redo", "To the end of the step", "To the end of the step (End)", lambda: self.go_to(-1)
            ),
        }
        self.speed = describe(QComboBox(), "Speed", "How fast it plays")
        self.speed.addItems(list(SPEEDS))
        self.speed.setCurrentText("Usual")
        self.speed.currentTextChanged.connect(lambda name: self._player.setInterval(SPEEDS[name]))
        self.place = ElidedLabel("", "muted")
        self.follow = icon_button("enter", "Follow into blocks", "Open the sheet on which the operation in turn stands")
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        self.follow.toggled.connect(lambda _: self._show_moment())
        self.list, self.page = OperationList(), MomentPage()
        self.list.currentRowChanged.connect(lambda _: self._show_moment())
        self.list.currentRowChanged.connect(lambda _: self._tell_place())
        self.list.play_wished.connect(self.toggle_play)
        self.take = button("Take the step", done=self.take_step)
        self.take.setToolTip("Go on with the weights that the step gives, on the copy")
        self.restart = button("Begin anew", "quiet", done=self.begin_anew)
        self.restart.setToolTip("Back to the weights before all steps")
        self.loss, self.note = label("", "figures"), label("", "small", wrap=True)
        self.splitter = split(self.list, (self.page, 1), sizes=(150, 500), upright=True)
        self.empty = EmptyState("arrow-previous", "")
        self.stack = stack(self.empty, self.splitter)
        head = row(self.chooser, self.samples, self.learner, STRETCH, margins=(12, 4, 8, 0), spacing=6)
        walk = row(*self.buttons.values(), (self.place, 1), self.speed, self.follow, margins=(8, 2, 8, 2), spacing=2)
        foot = row(self.loss, STRETCH, self.restart, self.take, margins=(12, 4, 8, 2), spacing=6)
        column(head, walk, (self.stack, 1), foot, self.note, spacing=0, parent=self)
        self.note.setContentsMargins(12, 0, 12, 6)
        self._say("Looking …")

    def sizeHint(self) -> QSize:
        return QSize(460, 640)

    # --- computing -----------------------------------------------------------------------------------------------------------------

    def _wait(self, delay_ms: int) -> None:
        if self.isVisible():
            self._timer.start(delay_ms)

    def compute(self) -> None:
        """Compute both passes and the step anew, aside, for the network, the samples and the learner that are chosen."""
        if not self.isVisible():
            return
        if self._task is not None:
            self._again = True
            return
        if words := self._why_not():
            self._forget()
            self._say(words)
            return
        if not torch_is_ready() and not pytorch.import_failure():
            self._say("PyTorch is being loaded …")
            self._timer.start(POLL_MS)
            return
        analysis, project = self.studio.analysis, self.studio.project
        run = self.studio.runner.run
        weights = weights_of(folder_of(run)) if run is not None else ()
        stamps = tuple(path.stat().st_mtime_ns for path in weights)
        key = (
            project.graph.nodes,
            project.graph.wires,
            project.blocks,
            project.constants,
            project.data,
            project.recipe,
            weights,
            stamps,
        )
        network = self._network if key == self._key else None
        sample, samples, learner = self.probes.sample, self.samples.value(), self.learner.currentText()
        moving_on, self._moving_on = self._moving_on and network is not None, False

        def work(job: Job) -> tuple[SteppedNetwork, Passes]:
            from visualnet.training.stepping.network import SteppedNetwork

            job()
            try:
                made = network or SteppedNetwork(project, analysis, weights)
                if moving_on:
                    made.advance()
                job()
                return made, made.look(sample, samples, learner)
            except (RuntimeError, KeyError) as error:
                raise ValueError(str(error).strip().partition("\n")[0]) from None

        def done(result: tuple[SteppedNetwork, Passes]) -> None:
            self._network, self._key = result[0], key
            self._take_passes(result[1])

        self._task = BackgroundTask(
            work,
            done,
            failed=self._refuse,
            name="backprop",
            words="This network cannot be stepped through",
            parent=self,
        )
        self._task.finished.connect(self._end_task)

    def _end_task(self) -> None:
        self._task = None
        if self._again:
            self._again = False
            self._timer.start(0)

    def _why_not(self) -> str:
        if self.studio.analysis.errors():
            return ERRORS
        return "" if self.studio.analysis.main.sinks("loss") else NO_LOSS

    def _refuse(self, words: str) -> None:
        self._forget()
        self._say(words)

    def _forget(self) -> None:
        self._network, self._key, self.passes, self.order = None, (), None, ()
        self._player.stop()
        self._mark_canvas()

    def _leave_document(self) -> None:
        """Another document: nothing of the one before is kept, also while this is not seen."""
        if self._task is not None:
            self._task.cancel()
        self._again = self._moving_on = False
        self._forget()
        self.page.forget()
        self._say("Looking …")
        self._wait(AFTER_EDIT_MS)

    def _take_passes(self, passes: Passes) -> None:
        before = self.order[self.list.currentRow()] if self.passes is not None and self.order else None
        self.passes, self.order = passes, moments(passes)
        names = list(self._network.learners) if self._network is not None else []
        if names != [self.learner.itemText(i) for i in range(self.learner.count())]:
            self.learner.clear()
            self.learner.addItems(names)
        self.learner.setVisible(len(names) > 1)
        self.loss.setText(f"loss {format_number(passes.loss, 4)} · step {passes.step}")
        weights = "The weights of the run; its optimizer begins anew." if passes.trained else "Fresh weights."
        self.note.setText(" ".join([weights, "A copy: nothing is trained.", *passes.notes]))
        self.take.setEnabled(bool(passes.updates))
        self.restart.setEnabled(passes.step > 1)
        at = self.order.index(before) if before in self.order else 0
        self.list.show_moments(passes, self.order, at)
        self.stack.setCurrentWidget(self.splitter)
        self._show_moment()

    def _say(self, words: str) -> None:
        self.empty.sentence.setText(words)
        self.stack.setCurrentWidget(self.empty)
        self.place.setText("")
        self.loss.setText("")
        self.note.setText("")
        for each in (*self.buttons.values(), self.take, self.restart):
            each.setEnabled(False)

    # --- walking -------------------------------------------------------------------------------------------------------------------

    @property
    def at(self) -> int:
        """Which moment is in turn."""
        return max(self.list.currentRow(), 0)

    def go_to(self, place: int) -> None:
        """Go to a moment; −1 is the last."""
        if self.order:
            self.list.setCurrentRow(place % len(self.order))

    def step(self, by: int) -> None:
        """Go on or back by so many moments."""
        if self.order:
            self.list.setCurrentRow(min(max(self.at + by, 0), len(self.order) - 1))

    def toggle_play(self) -> None:
        """Go on by itself, from the beginning if it stands at the end; or stop."""
        if self._player.isActive():
            self._player.stop()
        elif self.order:
            if self.at == len(self.order) - 1:
                self.go_to(0)
            self._player.start(SPEEDS[self.speed.currentText()])
        self._show_playing()

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._player.isActive()

    def _play_on(self) -> None:
        self.step(1)
        if self.at == len(self.order) - 1:
            self._player.stop()
            self._show_playing()

    def _show_playing(self) -> None:
        icons.bind(self.buttons["play"], "pause" if self.playing else "play", "muted")

    def take_step(self) -> None:
        """Let the step count: the passes begin anew with the weights that it made."""
        if self.passes is not None:
            self.studio.did("take")
            self._moving_on = True
            self.go_to(0)
            self.compute()

    def begin_anew(self) -> None:
        """Go back to the weights before all steps."""
        self._network, self._key = None, ()
        self.compute()

    def _tell_place(self) -> None:
        """Count that the loss was reached, or the end of the step."""
        if self.passes is not None and self.order and self.at:
            if self.at == len(self.order) - 1:
                self.studio.did("update")
            elif self.order[self.at] == Moment(FORWARD, len(self.passes.operations) - 1):
                self.studio.did("forward")

    def _show_moment(self) -> None:
        if self.passes is None or not self.order:
            return
        moment, last = self.order[self.at], len(self.order) - 1
        self.page.show_moment(self.passes, moment, self.studio.analysis)
        self.place.setText(f"{self.at + 1} / {last + 1}")
        for name, button_ in self.buttons.items():
            button_.setEnabled({"first": self.at > 0, "back": self.at > 0, "play": True}.get(name, self.at < last))
        if self.isVisible() and self.follow.isChecked():
            self._open_sheet(moment)
        self._mark_canvas()

    def _open_sheet(self, moment: Moment) -> None:
        """Show the sheet of the operation in turn."""
        assert self.passes is not None
        above = plain_path(operation_at(self.passes, moment).path[:-1])
        if above == self.studio.path and bool(above) == (self.studio.sheet != MAIN):
            return
        block = self.studio.analysis.at(above).node.block if above else MAIN
        if block is not None:
            self.studio.open_sheet(block, above)

    def _mark_canvas(self) -> None:
        overlay = self.studio.shell.overlay("backprop")
        if isinstance(overlay, CanvasMarks):
            shown = self.isVisible() and self.passes is not None and bool(self.order)
            passes = self.passes
            overlay.show_marks(
                mark_moment(passes, self.order[: self.at + 1]) if shown and passes is not None else NOTHING
            )

    # --- Qt ------------------------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Home and others are keys of the canvas too: within the panel they step.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_step_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.list.step_by_key(event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.probes.need_data()
        self._wait(0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._player.stop()
        self._show_playing()
        self._mark_canvas()
