"""The network as Python: what “Export PyTorch code” would write, following every edit."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.dialogs.save_dialog import ask_target
from visualnet.app.widgets.layouts import column, row
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.pytorch import NoTorch, need_torch

WAIT_MS = 250
"""How long the edits must pause before the code is printed anew."""


class CodePanel(QWidget):
    """Read-only text of ``model.py``, to look at, copy and save. It is printed in a thread, because that needs torch."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._shown: Project | None = None
        self._task: BackgroundTask | None = None
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setProperty("mono", True)
        self.text.setAccessibleName("Python code of the network")
        self.text.setMinimumWidth(240)
        self.words = label("", "muted", wrap=True)
        self.copy = button("Copy", icon="copy", done=self._copy)
        self.save = button("Save…", icon="save", done=self._save)
        head = row((self.words, 1), self.copy, self.save, margins=(12, 4, 8, 0))
        column(head, (self.text, 1), margins=(0, 4, 0, 0), parent=self)
        self.timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self.timer.timeout.connect(self.refresh)
        studio.document_changed.connect(self._forget)
        studio.analysed.connect(lambda _: self._refresh_soon())

    def _refresh_soon(self) -> None:
        if self.isVisible():
            self.timer.start()

    def _forget(self) -> None:
        """What is printed is no longer what is in front; the panel alone must not keep it when its tab is closed."""
        self._shown = None

    def refresh(self) -> None:
        """Print the code of the project as it is now."""
        project, analysis = self.studio.project, self.studio.analysis
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
            need_torch()
            from visualnet.compiling.source_code.source import model_source

            return model_source(project)

        def end() -> None:
            if self._shown is not project:
                self._shown = project
                self._show_words("The code cannot be printed.")
            if project is not self.studio.project:
                self._forget()
                self._refresh_soon()

        def show(text: str) -> None:
            self._shown = project
            self._set_text(text)
            self._show_words(f"model.py, {text.count(chr(10)):,} lines; needs only PyTorch")

        def refuse(words: str) -> None:
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

    def _show_words(self, words: str) -> None:
        self.words.setText(words)
        whole = self._shown is self.studio.project and words.startswith("model.py")
        self.copy.setEnabled(whole)
        self.save.setEnabled(whole)

    def _save(self) -> None:
        if self.studio.shell is not None:
            self.studio.shell.run_action("file.export_code")

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())
        self.studio.message.emit("ok", "The code is on the clipboard.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self.timer.stop()
        super().hideEvent(event)


def export_code(studio: Studio) -> None:
    """Ask for a name and write model.py."""
    assert studio.settings is not None and studio.shell is not None
    try:
        need_torch()
    except NoTorch as error:
        studio.shell.notify("error", f"{error}.", [])
        return
    folder = Path(studio.settings.typed("folder", "") or Path.home())
    path = ask_target(studio.shell.dialog_parent(), "Export PyTorch code", str(folder / "model.py"), "Python (*.py)")
    if path is None:
        return
    try:
        from visualnet.compiling.source_code.source import model_source

        project_file.write(path, model_source(studio.project).encode())
    except (OSError, ValueError) as error:
        studio.shell.notify("error", f"{path.name} could not be written: {error}", [])
        return
    studio.settings["folder"] = str(path.parent)
    studio.message.emit("ok", f"Wrote {path}")
