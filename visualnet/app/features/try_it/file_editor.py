"""What editors share whose sample may come from a file: chosen in a dialog, or dropped; it is decoded beside the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from visualnet.app.features.try_it.editor import Array, InputEditor
from visualnet.app.services.background_task import BackgroundTask
from visualnet.core.text.hidden_characters import visible


class FileEditor(InputEditor):
    """Takes files: ``title`` and ``files`` are those of the dialog. A subclass says how one is read, and what is done with it."""

    title = "Open a file"
    files = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    def read(self, path: Path) -> Array:
        """The raw field that a file holds. This runs in a thread.

        Raises:
            ValueError: it holds none that can be read.
        """
        raise NotImplementedError

    def take(self, raw: Array) -> None:
        """Go on from what a file held."""
        raise NotImplementedError

    def open_file(self, path: Path) -> None:
        """Read a file and take what it holds."""
        BackgroundTask(
            lambda _job: self.read(path),
            self.take,
            failed=self.failed.emit,
            name="open a sample",
            words=f"“{visible(path.name)}” cannot be opened",
            parent=self,
        )

    def choose_file(self) -> None:
        """Ask which file."""
        chosen, _ = QFileDialog.getOpenFileName(self, self.title, "", self.files)
        if chosen:
            self.open_file(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_file(Path(event.mimeData().urls()[0].toLocalFile()))
