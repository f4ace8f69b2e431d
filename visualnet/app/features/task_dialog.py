"""A dialog that does one thing in the background: a button starts and stops it, and a bar shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QWidget

from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.widgets.layouts import STRETCH, row
from visualnet.app.widgets.share_bar import ShareBar


class TaskDialog(QDialog):
    """Base of such dialogs; closing one ends its task.

    Args:
        again: the button that starts the task; it reads “Stop” while the task runs.
        progress: the name of the bar.
    """

    def __init__(self, again: QPushButton, progress: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: BackgroundTask | None = None
        self._start_text = again.text()
        self.bar = ShareBar(progress)
        self.bar.hide()
        self.again = again
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self.toggle)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.foot = row(self.again, (self.bar, 1), STRETCH, self.buttons, spacing=12)
        """The row with the buttons and the bar."""
        self.finished.connect(lambda _: close_tasks(self))

    @property
    def running(self) -> bool:
        """Whether the task runs."""
        return self._task is not None and self._task.running

    def toggle(self) -> None:
        """Start the task, or end it where it runs."""
        if self.running:
            assert self._task is not None
            self._task.cancel()
        else:
            self.begin()

    def begin(self) -> None:
        """Start the task (by `run_task`), if that can be; else say why not."""
        raise NotImplementedError

    def run_task(
        self,
        work: Callable[[Job], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object],
        name: str,
        words: str,
    ) -> None:
        """Do ``work`` in a thread; the arguments are those of `BackgroundTask`."""
        self._task = BackgroundTask(work, done, self.bar.show_share, failed, name=name, words=words, parent=self)
        self._task.finished.connect(self._show_running)
        self._show_running()

    def _show_running(self) -> None:
        self.bar.setVisible(self.running)
        self.bar.show_share(0.0)
        self.again.setText("Stop" if self.running else self._start_text)
