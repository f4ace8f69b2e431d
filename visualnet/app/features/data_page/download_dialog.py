"""Fetches one of torchvision's sets: which, into which folder, how far it is; and why it does not come."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QWidget

from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.torchvision_sets.layouts import LAYOUTS

WORDS = "The set is fetched from where torchvision says it is, whole or not at all. What is in the folder already is not fetched again."


class DownloadDialog(QDialog):
    """``folder`` is where the set lies, once it was accepted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self._task: BackgroundTask | None = None
        self.setWindowTitle("Download data")
        self.resize(520, 260)
        self.sets = describe(QComboBox(), "Set", "Which of the sets is fetched")
        for name, layout in LAYOUTS.items():
            self.sets.addItem(layout.title, name)
        downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        self.place = describe(QLineEdit(downloads), "Folder", "Where the files are put")
        self.browse = button("Choose…", icon="open", done=self._choose_folder)
        self.bar = ShareBar("Progress of the download")
        self.words = label("", "muted", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.fetch = self.buttons.addButton("Download", QDialogButtonBox.ButtonRole.ActionRole)
        self.fetch.setProperty("kind", "primary")
        self.fetch.clicked.connect(self.start)
        self.buttons.rejected.connect(self.reject)
        parts = (
            label(WORDS, wrap=True),
            row(label("Set"), (self.sets, 1), spacing=8),
            row(label("Into"), (self.place, 1), self.browse, spacing=8),
            self.bar,
            self.words,
            self.fault,
            STRETCH,
            row(self.buttons),
        )
        column(*parts, margins=16, spacing=12, parent=self)
        self.fetch.setDefault(True)
        self.bar.hide()
        self.finished.connect(lambda _: close_tasks(self))

    @property
    def running(self) -> bool:
        """Whether something is being fetched."""
        return self._task is not None and self._task.running

    def start(self) -> None:
        """Fetch the chosen set; the dialog is accepted when it is there."""
        if self.running or not self.place.text().strip():
            return
        name, folder = str(self.sets.currentData()), Path(self.place.text().strip()).expanduser()
        self.fault.setText("")
        self.words.setText(f"{self.sets.currentText()} is being fetched …")
        self._show_running(True)
        self._task = BackgroundTask(
            partial(_download, name, folder),
            self._take,
            self.bar.show_share,
            self._refuse,
            name="download",
            words="The set is not here",
            parent=self,
        )
        self._task.finished.connect(self._end)

    def reject(self) -> None:
        """Close; where something is being fetched, that is ended first, which a server that says nothing can hold up for a while."""
        if self._task is not None and self.running:
            self._task.cancel()
            self.words.setText("The download is being ended …")
            return
        super().reject()

    def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None and task.cancelled:
            self.reject()

    def _show_running(self, running: bool) -> None:
        self.bar.show_share(0.0)
        self.bar.setVisible(running)
        for part in (self.sets, self.place, self.browse, self.fetch):
            part.setEnabled(not running)

    def _take(self, folder: Path) -> None:
        self.folder = folder
        self.accept()

    def _refuse(self, words: str) -> None:
        self._show_running(False)
        self.words.setText("")
        self.fault.setText(visible(capitalize_first(words)))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Where the files are put", self.place.text())
        if chosen:
            self.place.setText(chosen)


def _download(name: str, folder: Path, job: Job) -> Path:
    from visualnet.data.sources.torchvision_sets.download import download

    return download(name, folder, job)
