"""The network, or its training, as Python: what “Export PyTorch code” or “Export training script” would write, following every edit."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from visualnet.app.features.code.feature import LISTING
from visualnet.app.features.code.listings import LISTINGS, MODEL, Listing
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.project import Project

WAIT_MS = 250
"""How long the edits must pause before the code is printed anew."""


class CodePanel(QWidget):
    """Read-only text of the model or of its training, to look at, copy and save. It is printed in a thread, because that needs torch."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._shown: Project | None = None
        """What the text is of, or the words that stand in its place."""
        self._foreign = False
        """The text, if there is any, is of another document, which was in front before."""
        self._task: BackgroundTask | None = None
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setProperty("mono", True)
        self.text.setAccessibleName("Python code of the network")
        self.text.setMinimumWidth(240)
        self.words = label("", "muted", wrap=True)
        self.copy = button("Copy", icon="copy", done=self._copy)
        self.save = button("Save…", icon="save", done=self._save)
        self.switch = Segmented([listing.title for listing in LISTINGS], "What is shown as code")
        for at, listing in enumerate(LISTINGS):
            self.switch.part(at).setToolTip(listing.tip)
        chosen = studio.settings[LISTING] if studio.settings is not None else MODEL.name
        self.switch.set_current(next((at for at, each in enumerate(LISTINGS) if each.name == chosen), 0))
        self.switch.chosen.connect(self._choose)
        head = row(self.switch, STRETCH, self.copy, self.save, margins=(12, 4, 8, 0))
        told = row((self.words, 1), margins=(12, 0, 8, 0))
        column(head, told, (self.text, 1), margins=(0, 4, 0, 0), parent=self)
        self.timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self.timer.timeout.connect(self.refresh)
        studio.document_changed.connect(self._leave)
        studio.analysed.connect(lambda _: self._refresh_soon())

    @property
    def listing(self) -> Listing:
        """What is chosen to be shown."""
        return LISTINGS[self.switch.current]

    def _choose(self, index: int) -> None:
        """Show the other one, from now on."""
        if self.studio.settings is not None:
            self.studio.settings[LISTING] = LISTINGS[index].name
        self._forget()
        self._set_text("")  # the other one must not stand under this one's name
        self._show_words("Printing …")
        self.refresh()

    def _refresh_soon(self) -> None:
        if self.isVisible():
            self.timer.start()

    def _leave(self) -> None:
        """Another document is in front; the panel alone must not keep the one before when its tab is closed."""
        self._forget()
        self._foreign = True

    def _forget(self) -> None:
        """What is printed is no longer what is wanted."""
        self._shown = None

    def refresh(self) -> None:
        """Print the code of the project as it is now."""
        project, analysis, listing = self.studio.project, self.studio.analysis, self.listing
        if project is self._shown or (self._task is not None and self._task.running):
            return
        errors = analysis.errors()
        if errors or not project.graph.nodes:
            self._shown = project
            self._show_words(
                f"The code follows once the network fits: {errors[0].words}." if errors else "Nothing is drawn yet."
            )
            return
        if not self.text.toPlainText():
            self._show_words("Printing …")

        def run(_job: Job) -> str:
            return listing.print(project)

        def end() -> None:
            if project is not self.studio.project or listing is not self.listing:
                self._forget()
                self._refresh_soon()
            elif self._shown is not project:
                self._shown = project
                self._show_words("The code cannot be printed.")

        def show(text: str) -> None:
            if listing is self.listing:
                self._shown = project
                self._foreign = self._foreign and project is not self.studio.project
                self._set_text(text)
                self._show_words(f"{listing.file}, {text.count(chr(10)):,} lines; {listing.needs}", whole=True)

        def refuse(words: str) -> None:
            if listing is self.listing:
                self._shown = project
                self._show_words(words)

        self._task = BackgroundTask(
            run, show, failed=refuse, name="print code", words="The code cannot be printed", parent=self
        )
        self._task.finished.connect(end)

    def _set_text(self, text: str) -> None:
        """Another text at the same place: the eye keeps its line."""
        if text == self.text.toPlainText():
            return
        bar, side = self.text.verticalScrollBar(), self.text.horizontalScrollBar()
        at, along = bar.value(), side.value()
        self.text.setPlainText(text)
        bar.setValue(at)
        side.setValue(along)

    def _show_words(self, words: str, whole: bool = False) -> None:
        """Say what the text is, or why it is not there; ``whole``: it is that of the project as it is now."""
        self.words.setText(words)
        if self._foreign and not whole:
            self._set_text("")
        whole = whole and self._shown is self.studio.project
        self.copy.setEnabled(whole)
        self.save.setEnabled(whole)

    def _save(self) -> None:
        self.studio.shell.run_action(self.listing.action)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())
        self.studio.message.emit("ok", "The code is on the clipboard.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self.timer.stop()
        super().hideEvent(event)
