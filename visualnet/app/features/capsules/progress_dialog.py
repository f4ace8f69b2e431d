"""Work that a dialog waits for: a bar that tells how far it is, and a button that ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from visualnet.app.features.capsules.dialog_height import fit_height
from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column, row
from visualnet.app.widgets.share_bar import ShareBar

SHOWN_AFTER_MS = 400
"""What takes no longer needs no dialog."""


class ProgressDialog(QDialog):
    """Works in the background; it is on the screen only where that takes longer than a moment. It closes when the work has ended."""

    def __init__(
        self,
        title: str,
        work: Callable[[Job], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object],
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.bar = ShareBar("How far it is")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.rejected.connect(self.reject)
        column(label(f"{title} …"), row((self.bar, 1), self.buttons, spacing=12), margins=16, spacing=12, parent=self)
        fit_height(self, 420)
        self._delay = QTimer(self, interval=SHOWN_AFTER_MS, singleShot=True)
        self._delay.timeout.connect(self.show)
        self._delay.start()
        self.finished.connect(self._end)
        self.task = BackgroundTask(
            work,
            done,
            self.bar.show_share,
            failed,
            name="capsule",
            words="It could not be done",
            parent=self,
        )
        self.task.finished.connect(self._close)

    def _close(self) -> None:
        self._delay.stop()
        if self.isVisible():
            self.accept()
        else:
            self._end()

    def _end(self, *_: object) -> None:
        self._delay.stop()
        close_tasks(self)
        self.deleteLater()
