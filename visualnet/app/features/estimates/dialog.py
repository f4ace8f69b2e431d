"""What the dialogs share: a measurement that begins with the dialog, its progress, how it ended, and the button that uses it."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialogButtonBox, QWidget

from visualnet.app.features.task_dialog import TaskDialog
from visualnet.app.services.background_task import Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.layouts import column


class EstimateDialog(TaskDialog):
    """Measures on a copy of the network in the background. Nothing of the project changes before *Use*."""

    TITLE = AGAIN = USE = ABOUT = HOW_TO_READ = WORDS = ""
    SIZE = (720, 620)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(button(self.AGAIN, "", "repeat"), "Progress of the measurement", parent)
        self.studio = studio
        self.setWindowTitle(self.TITLE)
        self.resize(*self.SIZE)
        self.outcome = label("", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.use = self.buttons.addButton(self.USE, QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setProperty("kind", "primary")
        self.use.setToolTip("Sets it in the recipe; undo takes it back")
        self.use.setEnabled(False)
        self.use.setDefault(True)
        self.buttons.accepted.connect(self._accept)
        reading = label(self.HOW_TO_READ, "small", wrap=True)
        parts = (label(self.ABOUT, "muted", wrap=True), *self.parts(), reading, self.fault, self.outcome, self.foot)
        column(*parts, margins=16, spacing=12, parent=self)
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
        self.run_task(self.measure, self.show_found, self._refuse, "find", self.WORDS)

    def _refuse(self, words: str) -> None:
        self.fault.setText(words)
        self.fault.show()

    def _accept(self) -> None:
        self.use_found()
        self.accept()
