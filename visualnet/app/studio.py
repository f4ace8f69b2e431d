"""What every panel gets: the document, what is true of it, what is selected and what is running. Panels talk to it, never to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import Analysis, GraphFacts, Problem, infer
from visualnet.analysis.facts import Path
from visualnet.core.document import Document
from visualnet.core.graph import Graph
from visualnet.core.project import MAIN, Project
from visualnet.data import catalogue


class Studio(QObject):
    """The state of one window. Every edit goes through ``do``; every signal is sent in the window's thread."""

    document_changed = Signal()
    """Another document was opened; ``project_changed`` and ``analysed`` follow."""
    project_changed = Signal(object, object)
    analysed = Signal(object)
    sheet_changed = Signal(str)
    selection_changed = Signal(object)
    state_changed = Signal()
    """Undo, redo, modified or the path may have changed."""
    theme_changed = Signal(object)
    message = Signal(str, str)
    """Severity (``error``, ``warning``, ``hint``, ``ok``) and words for the user."""
    focus_requested = Signal(object, str)
    """Ids on the open sheet to bring into view, and the parameter or port to point at."""

    def __init__(self, document: Document, theme: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.runner: Any = None
        self.sheet, self.path = MAIN, ()
        self.selection: tuple[str, ...] = ()
        self._adopt(document)

    # --- the document --------------------------------------------------------------------------------------------------------------

    def _adopt(self, document: Document) -> None:
        self.document = document
        document.changed.connect(self._changed)
        document.state_changed.connect(self.state_changed.emit)
        self.analysis: Analysis = infer(document.project, None, catalogue.fields_or_none(document.project.data))

    def open(self, document: Document) -> None:
        """Put another document in place of this one."""
        before = self.document.project
        self.document.changed.disconnect(self._changed)
        self.document.state_changed.disconnect(self.state_changed.emit)
        self.sheet, self.path, self.selection = MAIN, (), ()
        self._adopt(document)
        self.document_changed.emit()
        self.project_changed.emit(before, document.project)
        self.analysed.emit(self.analysis)
        self.sheet_changed.emit(MAIN)
        self.selection_changed.emit(())
        self.state_changed.emit()

    @property
    def project(self) -> Project:
        return self.document.project

    @property
    def graph(self) -> Graph:
        """The sheet that is open."""
        return self.project.sheet(self.sheet)

    @property
    def facts(self) -> GraphFacts | None:
        """What is known of the open sheet, as seen through the instance it was opened from; None for a block that nothing uses."""
        try:
            return self.analysis.sheet(self.sheet, self.path)
        except KeyError:
            return self.analysis.sheet(self.sheet)

    def do(self, label: str, edit: Callable[[Project], Project], merge: str = "") -> bool:
        """Make an edit; words about why it cannot be made go to ``message``. True if something changed."""
        try:
            return self.document.do(label, edit, merge)
        except ValueError as error:
            self.message.emit("error", str(error))
            return False

    def _changed(self, before: Project, after: Project) -> None:
        if self.sheet != MAIN and self.sheet not in after.blocks:
            self.open_sheet(MAIN)
        alive = tuple(i for i in self.selection if i in self.graph.nodes)
        self.analysis = infer(after, self.analysis, catalogue.fields_or_none(after.data))
        self.project_changed.emit(before, after)
        self.analysed.emit(self.analysis)
        if alive != self.selection:
            self.select(alive)

    # --- what is looked at ---------------------------------------------------------------------------------------------------------

    def open_sheet(self, name: str, path: Path = ()) -> None:
        """Show the main graph or a block's, as seen through the instance at ``path``."""
        if (name, path) != (self.sheet, self.path):
            self.sheet, self.path = name, path
            self.selection = ()
            self.sheet_changed.emit(name)
            self.selection_changed.emit(())

    def select(self, ids: Iterable[str]) -> None:
        """Select these nodes of the open sheet and no others."""
        chosen = tuple(dict.fromkeys(ids))
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit(chosen)

    def reveal(self, problem: Problem) -> None:
        """Open the sheet of a problem, select its node and bring it into view."""
        if problem.sheet != self.sheet:
            self.open_sheet(problem.sheet, problem.path[:-1])
        if problem.node in self.graph.nodes:
            self.select([problem.node])
            self.focus_requested.emit((problem.node,), problem.at)

    def set_theme(self, theme: Any) -> None:
        """Repaint everything in another theme."""
        self.theme = theme
        self.theme_changed.emit(theme)
