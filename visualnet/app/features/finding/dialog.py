"""What the dialogs share: a measurement that begins with the dialog, its progress, how it ended, and the button that uses it."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QWidget

from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row


class FindingDialog(QDialog):
    """Measures on a copy of the network in the background. Nothing of the project changes before *Use*."""

    TITLE = AGAIN = USE = ABOUT = HOW_TO_READ = WORDS = ""
    SIZE = (720, 620)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._task: BackgroundTask | None = None
        self.setWindowTitle(self.TITLE)
        self.resize(*self.SIZE)
        self.outcome = label("", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.bar = describe(QProgressBar(textVisible=False), "Progress of the measurement")
        self.bar.setRange(0, 1000)
        self.again = button(self.AGAIN, "", "repeat", self.toggle)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.use = self.buttons.addButton(self.USE, QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setProperty("kind", "primary")
        self.use.setToolTip("Sets it in the recipe; undo takes it back")
        self.use.setEnabled(False)
        self.use.setDefault(True)
        self.again.setAutoDefault(False)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        reading = label(self.HOW_TO_READ, "small", wrap=True)
        foot = row(self.again, (self.bar, 1), STRETCH, self.buttons, spacing=12)
        parts = (label(self.ABOUT, "muted", wrap=True), *self.parts(), reading, self.fault, self.outcome, foot)
        column(*parts, margins=16, spacing=12, parent=self)
        self.finished.connect(lambda _: close_tasks(self))
        self.again.setFocus()

    def parts(self) -> tuple[Any, ...]:
        """What stands between the words at the top and those below."""
        raise NotImplementedError

    def measure(self, job: Job) -> Any:
        """Measure, in a thread beside the window."""
        raise NotImplementedError

    def clear(self) -> None:
        """A measurement begins: nothing is known."""
        raise NotImplementedError

    def show_found(self, found: Any) -> None:
        """It has ended well."""
        raise NotImplementedError

    def use_found(self) -> None:
        """Put what was found into the recipe, as one edit."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether it measures."""
        return self._task is not None and self._task.running

    def toggle(self) -> None:
        """Measure anew, or end what is being measured."""
        if self.running:
            assert self._task is not None
            self._task.cancel()
        else:
            self.begin()

    def begin(self) -> None:
        """Measure, if that can be; else say why not."""
        self.clear()
        self.outcome.setText("")
        self.use.setEnabled(False)
        self.fault.hide()
        if self.studio.has_runner and self.studio.runner.busy:
            self._refuse("A training goes on: nothing can be measured beside it. Stop it, or wait until it has ended.")
            return
        if self.studio.has_runner and (words := self.studio.runner.why_not()):
            self._refuse(words)
            return
        self._task = BackgroundTask(
            self.measure,
            self.show_found,
            lambda share: self.bar.setValue(round(1000 * share)),
            self._refuse,
            name="find",
            words=self.WORDS,
            parent=self,
        )
        self._task.finished.connect(self._show_state)
        self._show_state()

    def _refuse(self, words: str) -> None:
        self.fault.setText(words)
        self.fault.show()

    def _show_state(self) -> None:
        going_on = self.running
        self.bar.setVisible(going_on)
        self.bar.setValue(0)
        self.again.setText("Stop" if going_on else self.AGAIN)

    def _accept(self) -> None:
        self.use_found()
        self.accept()
