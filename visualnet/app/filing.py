"""New, open, save, close: the document's life in the window, so that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from visualnet.app.settings import Settings
from visualnet.app.studio import Studio
from visualnet.app.widgets.messages import Act
from visualnet.core.document import Document
from visualnet.core.errors import ChangedOnDisk, FileError
from visualnet.core.files import load
from visualnet.core.journal import Journal, Orphan
from visualnet.core.project import Project
from visualnet.template_index import template_list

FILTER = "VisualNet projects (*.vnet)"
JOURNAL_MS = 1000


def templates() -> dict[str, Path]:
    """The shipped templates by name, in the order in which a student meets them."""
    return {template.name: template.path for template in template_list()}


class Filing(QObject):
    """Asks before anything would be lost; keeps the journal; notices when the file changes on disk."""

    opened = Signal()
    notice = Signal(str, str, object)
    """Severity, words, and the acts offered with them: a list of (words, function)."""

    def __init__(self, window: QWidget, studio: Studio, settings: Settings) -> None:
        super().__init__(window)
        self.window, self.studio, self.settings = window, studio, settings
        self.journal = Journal(studio.document)
        self.may_stop: Callable[[], bool] = lambda: True
        """Whether a running training may be ended; asked before another document takes its place."""
        self._told_disk = False
        self.timer = QTimer(self)
        self.timer.setInterval(JOURNAL_MS)
        self.timer.timeout.connect(self.tick)
        self.timer.start()

    def tick(self) -> None:
        """Once a second: the journal, and a look at the file on disk."""
        self.journal.tick()
        document = self.studio.document
        changed = document.changed_on_disk()
        if changed and not self._told_disk and document.path is not None:
            acts = [("Read it again", self.reload), ("Keep mine", lambda: None)]
            words = f"“{document.path.name}” was changed by another program."
            self.notice.emit("warning", words, acts)
        self._told_disk = changed

    # --- opening -------------------------------------------------------------------------------------------------------------------

    def adopt(self, document: Document) -> None:
        """Show a document in place of the present one."""
        self.journal.close()
        self.studio.open(document)
        self.journal = Journal(document)
        self._told_disk = False
        if document.path is not None:
            self.settings.remember_file(document.path)
        if document.project.readonly:
            self.notice.emit("warning", document.project.readonly, [("Save a copy…", self.save_as)])
        self.opened.emit()

    def new(self) -> None:
        """An empty project, after asking about unsaved changes."""
        if self.may_leave():
            self.adopt(Document(Project()))

    def open_template(self, name: str) -> None:
        """A copy of a template: saving asks for a name."""
        if self.may_leave():
            try:
                self.adopt(Document(load(templates()[name])))
            except FileError as error:
                self.notice.emit("error", str(error), [])

    def ask_open(self) -> None:
        """Let the person choose a file."""
        start = self.settings.typed("folder", "")
        name, _ = QFileDialog.getOpenFileName(self.window, "Open a network", start, f"{FILTER};;All files (*)")
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open a file; words about why it cannot be opened are shown, and the present document stays."""
        if not self.may_leave():
            return False
        try:
            document = Document.open(path)
        except FileError as error:
            self.notice.emit("error", str(error), [("Open another…", self.ask_open)])
            return False
        self.settings["folder"] = str(path.parent)
        self.adopt(document)
        return True

    def reload(self) -> None:
        """Read the file again; the version in the window is thrown away only here, by choice."""
        path = self.studio.document.path
        if path is not None and self.may_stop():
            try:
                self.adopt(Document.open(path))
            except FileError as error:
                self.notice.emit("error", str(error), [])

    def fill_recent(self, menu: QMenu) -> None:
        """The files opened lately."""
        for name in self.settings.recent():
            path = Path(name)
            action = menu.addAction(f"{path.name}   {path.parent}".replace("&", "&&"))
            action.triggered.connect(lambda _=False, p=path: self.open(p))
        if menu.isEmpty():
            menu.addAction("No file was opened yet").setEnabled(False)

    # --- saving --------------------------------------------------------------------------------------------------------------------

    def save(self) -> bool:
        """Write the document to its file; asks for one where there is none."""
        document = self.studio.document
        if document.path is None or document.project.readonly:
            return self.save_as()
        return self._write(lambda: document.save())

    def save_as(self) -> bool:
        """Write the document to a file that the person names."""
        folder = Path(self.settings.typed("folder", "") or Path.home())
        stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.studio.project.name.lower()).strip("-")
        wish = self.studio.document.path or folder / f"{stem or 'network'}.vnet"
        name, _ = QFileDialog.getSaveFileName(self.window, "Save the network", str(wish), FILTER)
        if not name:
            return False
        path = Path(name)
        path = path if path.suffix else path.with_suffix(".vnet")
        # The dialog has already asked whether an existing file may be replaced.
        done = self._write(lambda: self.studio.document.save(path, force=True))
        if done:
            self.settings["folder"] = str(path.parent)
            self.settings.remember_file(path)
        return done

    def _write(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except ChangedOnDisk as error:
            acts: list[Act] = [
                ("Replace it", lambda: self._write(lambda: self.studio.document.save(force=True))),
                ("Save a copy…", self.save_as),
                ("Read it again", self.reload),
            ]
            self.notice.emit("warning", str(error), acts)
            return False
        except FileError as error:
            self.notice.emit("error", str(error), [("Save elsewhere…", self.save_as)])
            return False
        self.journal.tick()
        self.studio.message.emit("ok", f"Saved {self.studio.document.path}")
        return True

    # --- leaving -------------------------------------------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Whether the present document may go: no training runs on it and it is saved, or the person says so."""
        if not self.may_stop():
            return False
        if not self.studio.document.modified:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self.window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to {self.studio.project.name}?")
        box.setInformativeText("Without saving, they are lost.")
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        return self.save() if answer == buttons.Save else answer == buttons.Discard

    def recover(self, orphan: Orphan) -> None:
        """Open what a crash left in the journal, as unsaved work on the original file."""
        if not self.may_leave():
            return
        try:
            document = Document.recovered(orphan.load(), orphan.path)
        except FileError as error:
            self.notice.emit("error", str(error), [])
            return
        self.adopt(document)
        self.journal.tick()
        orphan.discard()

    def close(self) -> None:
        """The window closes: nothing is left to recover."""
        self.timer.stop()
        self.journal.close()
