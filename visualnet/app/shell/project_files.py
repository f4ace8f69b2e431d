"""New, open, save, close: the life of the documents in the window, so that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from visualnet.app.shell.closing_dialog import ClosingDialog, UnsavedWork
from visualnet.app.shell.open_projects import Tab, Tabs
from visualnet.app.state.frame_settings import OPEN_FILES, REOPEN
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.dialogs.messages import MessageAction
from visualnet.app.widgets.dialogs.modal import answer_of, question
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.process.autosave import Journal, Orphan
from visualnet.core.project import Project
from visualnet.core.storage.disk_state import ChangedOnDisk, DiskState, read_state
from visualnet.core.storage.project_file import load
from visualnet.core.text.hidden_characters import visible
from visualnet.core.user.settings import Settings
from visualnet.templates.index import template_list

FILTER = "VisualNet projects (*.vnet)"
OPENABLE = "Projects, packed runs, and what carries a project (*.vnet *.vnetz *.png *.svg *.safetensors)"
JOURNAL_MS = 1000


def templates() -> dict[str, Path]:
    """The shipped templates by name, in the order in which a student meets them."""
    return {template.name: template.path for template in template_list()}


class TrainingGuardProtocol(Protocol):
    """Who knows what trains."""

    def describe(self, document: Document) -> str:
        """What is told of the training that runs on a document; nothing if none does."""

    def may_close(self, document: Document) -> bool:
        """Whether a training may be ended of which the list of all that is open has told; if so, it is, or goes on alone."""

    def describe_end(self) -> str:
        """What becomes of the training when the window closes."""

    def may_stop(self, document: Document) -> bool:
        """Whether a training of a document may be ended; if so, it is."""


class ProjectFiles(QObject):
    """Asks before anything would be lost; keeps the journals; notices when a file changes on disk."""

    template_opened = Signal()
    """A copy of a template is in front, which nobody has arranged yet."""
    opened = Signal()
    unkept = Signal(str)
    """Why what is not saved would be lost in a crash: a journal cannot be written. Nothing when it can again."""
    notice = Signal(str, str, object)
    """Severity, words, and the actions offered with them: a list of (words, function)."""

    def __init__(
        self,
        window: QWidget,
        studio: Studio,
        settings: Settings,
        pages: Mapping[str, str],
        home: str,
        guard: TrainingGuardProtocol,
    ) -> None:
        """``pages`` and ``home`` as the tabs have them; ``guard`` is asked before a document is closed: whether a training that runs on it
        may be ended."""
        super().__init__(window)
        self.window, self.studio, self.settings, self.guard = window, studio, settings, guard
        self.tabs = Tabs(studio, pages, home, self)
        self.openers: Mapping[str, Callable[[Path], object]] = {}
        """By the ending of its name, what opens a file that holds more than a project: a packed run, weights."""
        self.last = [p for p in settings[OPEN_FILES] if isinstance(p, str)]
        """The files that were open when the program was left last."""
        self._looked, self._trouble = 0, ""
        self.timer = QTimer(self, interval=JOURNAL_MS)
        self.timer.timeout.connect(self.tick)
        self.timer.start()

    @property
    def journal(self) -> Journal:
        """The copy of the document in front."""
        return self.tabs.front.journal

    def tick(self) -> None:
        """Once a second: the journals, and a look at the file in front and at one of the others."""
        for tab in self.tabs:
            tab.journal.tick()
        trouble = next((tab.journal.trouble for tab in self.tabs if tab.journal.trouble), "")
        if trouble != self._trouble:
            self._trouble = trouble
            self.unkept.emit(trouble)
        self._looked = (self._looked + 1) % len(self.tabs)
        for tab in {self.tabs.front, self.tabs.all[self._looked]}:
            changed = tab.document.changed_on_disk() is not None
            if changed != tab.reported_disk_change:
                tab.reported_disk_change = changed
                if changed and tab is self.tabs.front:
                    self._notify_changed(tab)
                self.tabs.changed.emit()

    def _notify_changed(self, tab: Tab) -> None:
        """What is there now may be gone again or another by the time that this is read; saving looks once more."""
        now = tab.document.changed_on_disk()
        if tab.path is not None and now is not None:
            words = f"In the place of “{tab.path.name}” now stands {now.words}."
            actions: list[MessageAction] = [("Save a copy…", self.save_as)]
            if not now.words:
                words = f"“{tab.path.name}” was changed by another program."
                actions = [("Read it again", self.reload)]
            self.notice.emit("warning", words, [*actions, ("Keep mine", lambda: None)])

    def repeat_notice(self) -> None:
        """What is to be known of the document that came to the front."""
        tab = self.tabs.front
        if tab.document.project.readonly:
            self.notice.emit("warning", tab.document.project.readonly, [("Save a copy…", self.save_as)])
        elif tab.reported_disk_change:
            self._notify_changed(tab)

    def adopt(self, document: Document) -> None:
        """Show a document, in a tab of its own unless the present one is blank."""
        self.tabs.add(document)
        self._finish_opening(document)

    def _finish_opening(self, document: Document) -> None:
        if document.path is not None:
            self.settings.remember_file(document.path)
        self.remember_open()
        self.opened.emit()

    def new(self) -> None:
        """An empty project."""
        self.adopt(Document(Project()))

    def open_template(self, name: str) -> None:
        """A copy of a template: saving asks for a name."""
        try:
            self.adopt(Document(load(templates()[name])))
            self.template_opened.emit()
        except FileError as error:
            self.notice.emit("error", str(error), [])

    def ask_open(self) -> None:
        """Let the person choose a file."""
        start = str(self.settings.folder)
        name, _ = QFileDialog.getOpenFileName(
            self.window, "Open a network", start, f"{OPENABLE};;{FILTER};;All files (*)"
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open a file, or go to the tab that has it; words about why it cannot be opened are shown, and the present document stays."""
        if (there := self.tabs.at(path)) is not None:
            self.tabs.show(there)
            return True
        if (opener := self.openers.get(path.suffix.lower())) is not None:
            opener(path)
            return True
        try:
            document = Document.open(path)
        except FileError as error:
            self.notice.emit("error", str(error), [("Open another…", self.ask_open)])
            return False
        self.settings.remember_folder(path.parent)
        self.adopt(document)
        return True

    def reload(self) -> None:
        """Read the file again; the version in the window is thrown away only here, by choice."""
        tab = self.tabs.front
        if tab.path is not None and self.guard.may_stop(tab.document):
            try:
                document = Document.open(tab.path)
            except FileError as error:
                self.notice.emit("error", str(error), [])
                return
            self.tabs.put(tab, document)
            self._finish_opening(document)

    @property
    def reopening(self) -> bool:
        """Whether the next start opens what is open now."""
        return self.settings[REOPEN]

    def set_reopening(self, wish: bool) -> None:
        """Say whether the next start opens what is open now."""
        self.settings[REOPEN] = wish

    def to_reopen(self) -> list[Path]:
        """The files that were open when the program was left last, are still there, and are not open now."""
        return [Path(p) for p in self.last if Path(p).is_file() and self.tabs.at(Path(p)) is None]

    def reopen(self) -> None:
        """Open what was open when the program was left last."""
        for path in self.to_reopen():
            self.open(path)
        self.last = []
        self.tabs.changed.emit()

    def fill_recent(self, menu: QMenu) -> None:
        """The files opened lately."""
        for file in self.settings.files():
            words = visible(f"{file.path.name}   {file.path.parent}").replace("&", "&&")
            action = menu.addAction(words if file.there else f"{words}   (missing)")
            action.setEnabled(file.there)
            if file.pinned:
                action.setIcon(icons.icon("pin", "accent"))
            action.triggered.connect(lambda _=False, p=file.path: self.open(p))
        if menu.isEmpty():
            menu.addAction("No file was opened yet").setEnabled(False)

    def save(self) -> bool:
        """Write the document to its file; asks for one where there is none."""
        document = self.studio.document
        if document.path is None or document.project.readonly:
            return self.save_as()
        return self._write()

    def save_as(self) -> bool:
        """Write the document to a file that the person names."""
        stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.studio.project.name.lower()).strip("-")
        wish = self.studio.document.path or self.settings.folder / f"{stem or 'network'}.vnet"
        path = ask_target(self.window, "Save the network", str(wish), FILTER)
        if path is None:
            return False
        # The dialog has already asked whether what stands there may be replaced.
        done = self._write(path, read_state(path))
        if done:
            self.settings.remember_folder(path.parent)
            self.settings.remember_file(path)
            self.remember_open()
        return done

    def _write(self, path: Path | None = None, over: DiskState | None = None) -> bool:
        try:
            self.studio.document.save(path, over)
        except ChangedOnDisk as error:
            # Only what was seen now may be replaced: if it is another again by then, that is asked again.
            seen, own = error.seen, path is None
            actions: list[MessageAction] = [("Save a copy…", self.save_as)]
            if not seen.kept:
                actions.insert(0, ("Replace it", lambda: self._write(path, seen)))
            if own and not seen.words:
                actions.append(("Read it again", self.reload))
            self.tabs.front.reported_disk_change = True  # or the next look would put its own notice over these answers
            self.notice.emit("warning", str(error), actions)
            return False
        except FileError as error:
            self.notice.emit("error", str(error), [("Save elsewhere…", self.save_as)])
            return False
        self.journal.tick()
        self.tabs.front.reported_disk_change = False
        self.studio.message.emit("ok", f"Saved {self.studio.document.path}")
        return True

    # --- leaving -------------------------------------------------------------------------------------------------------------------

    @staticmethod
    def holds_unsaved(tab: Tab) -> bool:
        """Whether closing would lose work. A template or other project without a file that was trained and not changed holds none: its
        drawing is where it came from, and the folder of its run stays."""
        document = tab.document
        return document.edited or (document.modified and document.path is not None)

    def may_leave(self, tab: Tab | None = None) -> bool:
        """Whether a document may go: no training runs on it and it is saved, or the person says so. It is shown while that is asked."""
        tab = tab or self.tabs.front
        document = tab.document
        if not self.holds_unsaved(tab):
            return self.guard.may_stop(document)
        self.tabs.show(tab)
        if not self.guard.may_stop(document):
            return False
        button = QMessageBox.StandardButton
        words = f"Save the changes to {document.project.name}?"
        choice = button.Save | button.Discard | button.Cancel
        answer = answer_of(
            question(self.window, "Unsaved changes", words, "Without saving, they are lost.", choice, button.Save)
        )
        return self.save() if answer == button.Save else answer == button.Discard

    def may_quit(self) -> bool:
        """Whether every open document may go: one question for one thing that would be lost, and one list for several."""
        works = [
            UnsavedWork(
                tab,
                self.tabs.name(tab),
                self.holds_unsaved(tab),
                self.guard.describe(tab.document),
                self.guard.describe_end(),
            )
            for tab in self.tabs
        ]
        works = [work for work in works if work.edited or work.training]
        if sum(work.edited + bool(work.training) for work in works) <= 1:
            return all(self.may_leave(tab) for tab in tuple(self.tabs))
        dialog = ClosingDialog(works, self.window)
        if answer_of(dialog) != ClosingDialog.DialogCode.Accepted:
            return False
        if not all(self.guard.may_close(work.tab.document) for work in works if work.training):
            return False
        return all(self._save_tab(tab) for tab in dialog.ticked())

    def _save_tab(self, tab: Tab) -> bool:
        """Save a project, which is shown meanwhile: a question about its file is then about what is seen."""
        self.tabs.show(tab)
        return self.save()

    def close_tab(self, tab: Tab | None = None) -> bool:
        """Close a project, after asking about unsaved changes and a running training."""
        tab = tab or self.tabs.front
        if not self.may_leave(tab):
            return False
        self.tabs.remove(tab)
        self.remember_open()
        return True

    def close_others(self, tab: Tab | None = None) -> None:
        """Close every project but one; the first one that is to be kept after all ends it."""
        kept = tab or self.tabs.front
        for other in tuple(self.tabs):
            if other is not kept and not self.close_tab(other):
                return
        self.tabs.show(kept)

    def remember_open(self) -> None:
        """Keep which files are open, for the next start."""
        self.settings[OPEN_FILES] = [str(tab.path.resolve()) for tab in self.tabs if tab.path is not None]

    def recover(self, *orphans: Orphan) -> None:
        """Open what a crash left in the journals, as unsaved work on the original files."""
        for orphan in orphans:
            try:
                document = orphan.document()
            except FileError as error:
                self.notice.emit("error", str(error), [])
                continue
            self.adopt(document)
            self.journal.flush()
            orphan.discard()

    def keep(self) -> None:
        """Write down, for the case of a crash, all that is not saved, and wait for it."""
        for tab in self.tabs:
            tab.journal.flush()

    def close(self, asked: bool = True) -> None:
        """The window closes: nothing is left to recover, unless nobody was asked whether to save."""
        self.timer.stop()
        self.remember_open()
        for tab in self.tabs:
            tab.journal.close() if asked else tab.journal.leave()
