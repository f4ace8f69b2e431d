"""What every panel gets: the document, what is true of it, what is selected and what is running. Panels talk to it, never to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from visualnet.analysis import Analysis, GraphFacts, Problem, infer
from visualnet.analysis.block_nesting import find_node
from visualnet.analysis.connect.check import Acceptance
from visualnet.analysis.facts import NodePath
from visualnet.analysis.repair.preview import EditPreview, preview_edit
from visualnet.app.state.deferred_refresh import HiddenRefreshes, refresh_between_events
from visualnet.app.state.runner_protocol import RunnerProtocol
from visualnet.app.state.shell import Shell
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Graph, Port
from visualnet.core.project import MAIN, Project
from visualnet.core.user.settings import Settings
from visualnet.data import registry
from visualnet.layers.declaration.layer import Spec
from visualnet.templates.accepted_hints import ROUNDING, accepted_hints
from visualnet.templates.lesson_state import DEEDS, ShownExperiment

_known: WeakKeyDictionary[Document, Analysis] = WeakKeyDictionary()


def analysis_of(document: Document) -> Analysis:
    """What is true of a document now. Worked out once, however many views show it, and kept while another document is in front."""
    project, known = document.project, _known.get(document)
    if known is None or known.project is not project:
        known = _known[document] = infer(project, known, registry.fields_or_none(project.data))
    return known


class DocumentViewState(NamedTuple):
    """How a document was left when another came in front of it."""

    sheet: str = MAIN
    path: NodePath = ()
    selection: tuple[str, ...] = ()
    problem: Problem | None = None
    trace: str = ""


class StudioSignals(QObject):
    """What a Studio tells its panels, always in the window's thread."""

    document_changed = Signal()
    """Another document was opened; ``project_changed`` and ``analysed`` follow."""
    document_closed = Signal(object)
    """This document is no longer open in any tab; it may have been behind another or behind a page."""
    project_changed = Signal(object, object)
    analysed = Signal(object)
    sheet_changed = Signal(str)
    selection_changed = Signal(object)
    state_changed = Signal()
    """Undo, redo, modified or the path may have changed."""
    theme_changed = Signal(object)
    focus_requested = Signal(object, str)
    """Ids on the open sheet to bring into view, and the parameter or port to point at."""
    thumbnails_changed = Signal(object)
    """Live pictures for cards: ``{node path: QImage or None}``."""
    runtime_problem_changed = Signal()
    """``runtime_problem`` came or went."""

    preview_changed = Signal(object)
    """A ``EditPreview``: what the project would become, to be shown but not kept; None when nobody asks any more."""


class Studio(StudioSignals):
    """The state of one window. Every edit goes through ``do``."""

    # What panels say to it, not it to them.
    message = Signal(str, str)
    """Severity (``error``, ``warning``, ``hint``, ``ok``) and words for the user."""
    library_changed = Signal()
    """A block was put into the person's library, or taken out of it."""
    template_requested = Signal(str)
    """A template to be opened in place of the present network, after asking about unsaved changes."""
    comparison_requested = Signal(object, str)
    """A project to hold the open one against, and what it is called."""
    canvas_alone_changed = Signal(bool)
    """The canvas is alone on the screen from now on, or no longer."""
    lesson_requested = Signal(str)
    """A lesson to be begun, by its name."""
    place_requested = Signal(str)
    """A kind (a layer's tag, or a block) to be placed where the canvas thinks best."""

    def __init__(self, document: Document, theme: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._runner: RunnerProtocol | None = None
        self.shell = Shell()
        """The window around; one that does nothing where a Studio stands alone, as in a picture of a panel."""
        self.settings: Settings | None = None
        self.active: Studio = self
        """The Studio of the view that was worked in last: what follows the selection listens to that."""
        self.sheet = MAIN
        self.path: NodePath = ()
        self.selection: tuple[str, ...] = ()
        self.runtime_problem: Problem | None = None
        """Where and why the last run failed, until the graph changes there or a new run begins."""
        self.runtime_trace = ""
        """Python's own words about that failure, for those who want them."""
        self.deeds: Counter[str] = Counter()
        """How often each of `DEEDS` was done: lessons look at it."""
        self.pictures: set[str] = set()
        """The observations that are shown side by side, by name: lessons look at it. As the deeds it is one for all views of a window."""
        self.experiment = ShownExperiment()
        """The experiment that its page shows: lessons look at it."""
        self.edit_preview: EditPreview | None = None
        self._left: WeakKeyDictionary[Document, DocumentViewState] = WeakKeyDictionary()
        self.switching_document = False
        """Another document is coming to the front: ``state_changed`` tells when all of it has been said."""
        self._adopt(document)
        self.document_closed.connect(HiddenRefreshes(self).begin)

    @property
    def has_runner(self) -> bool:
        """Whether anybody trains for this Studio; a Studio that stands alone, as in a picture of a panel, has nobody."""
        return self._runner is not None

    @property
    def runner(self) -> RunnerProtocol:
        """Who trains for the window. Raises RuntimeError where nobody does."""
        if self._runner is None:
            raise RuntimeError("this Studio has no runner: ask has_runner first")
        return self._runner

    @runner.setter
    def runner(self, runner: RunnerProtocol) -> None:
        self._runner = runner

    @property
    def itself(self) -> Studio:
        """This Studio. Asked of ``active``, which stands for whichever view was worked in last: that view's own Studio. What an edit is
        followed by concerns the view in which it was made, even if showing it brings another one to the front."""
        return self

    def attach(self, shell: Shell, runner: RunnerProtocol, settings: Settings, active: Studio) -> None:
        """Become the Studio of a window, in which ``active`` stands for that of the view which was worked in last."""
        self.shell, self.runner, self.settings, self.active = shell, runner, settings, active

    def further_view(self, parent: QObject) -> Studio:
        """A Studio of the same window and document, with sheet and selection of its own."""
        studio = Studio(self.document, self.theme, parent)
        studio._runner, studio.settings, studio.shell = self._runner, self.settings, self.shell
        studio.deeds, studio.pictures = self.deeds, self.pictures
        studio.message.connect(self.message)
        self.library_changed.connect(studio.library_changed)
        self.theme_changed.connect(studio.set_theme)
        return studio

    def _adopt(self, document: Document) -> None:
        self.document = document
        document.changed.connect(self._changed)
        document.state_changed.connect(self.state_changed.emit)
        self.analysis: Analysis = analysis_of(document)
        self._opened = document.project

    def open(self, document: Document) -> None:
        """Bring another document to the front; one that was there before is seen as it was left."""
        self.preview()
        old, left = self.document, self._left.pop(document, DocumentViewState())
        self.release()
        self._left[old] = DocumentViewState(
            self.sheet, self.path, self.selection, self.runtime_problem, self.runtime_trace
        )
        if left.sheet != MAIN and left.sheet not in document.project.blocks:
            left = left._replace(sheet=MAIN, path=(), selection=())
        self.sheet, self.path, self.selection = left.sheet, left.path, ()
        self.runtime_problem, self.runtime_trace = None, ""
        self.switching_document = True
        with refresh_between_events():
            self._adopt(document)
            self.document_changed.emit()
            self.project_changed.emit(old.project, document.project)
            self.analysed.emit(self.analysis)
            self.sheet_changed.emit(self.sheet)
            self.selection = tuple(i for i in left.selection if i in self.graph.nodes)
            self.selection_changed.emit(self.selection)
            self.runtime_problem, self.runtime_trace = left.problem, left.trace
            if left.problem is not None:
                self.runtime_problem_changed.emit()
            self.switching_document = False
            self.state_changed.emit()

    def did(self, deed: str, *details: str) -> None:
        """Count something that the person did; ``details`` are what it was done with, each counted by itself too."""
        assert deed in DEEDS, deed
        self.deeds.update((deed, *(f"{deed} {detail}" for detail in details)))

    def release(self) -> None:
        """Hear no more of the document; for what is closed."""
        self.document.changed.disconnect(self._changed)
        self.document.state_changed.disconnect(self.state_changed.emit)

    @property
    def project(self) -> Project:
        return self.document.project

    @property
    def graph(self) -> Graph:
        """The sheet that is open; the main one while others hear first that its block has gone."""
        return self.project.sheet(self.sheet if self.sheet in self.project.blocks else MAIN)

    @property
    def facts(self) -> GraphFacts | None:
        """What is known of the open sheet, as seen through the instance it was opened from; None for a block that nothing uses."""
        try:
            return self.analysis.sheet(self.sheet, self.path)
        except KeyError:
            return self.analysis.sheet(self.sheet)

    @property
    def fields(self) -> dict[str, Spec] | None:
        """The fields of the chosen data set; None if it is not known."""
        return registry.fields_or_none(self.project.data)

    def acceptance(self, without: Port | None = None) -> Acceptance:
        """Answers whether a wire fits on the open sheet as it stands, or with the wire into ``without`` taken away."""
        if without is None:
            return Acceptance(self.project, self.sheet, self.path, self.analysis, self.fields)
        project = edits.disconnect(self.project, self.sheet, without)
        return Acceptance.after(project, self.sheet, self.path, self.analysis, self.fields)

    @property
    def scope(self) -> dict[str, Any]:
        """The names that an expression on the open sheet may use, with the values of the instance it is seen through."""
        return self.analysis.scope(self.sheet, self.path)

    def do(self, label: str, edit: Callable[[Project], Project], merge: str = "") -> bool:
        """Make an edit; words about why it cannot be made go to ``message``, and leave by themselves: nothing is broken. True if something
        changed."""
        try:
            return self.document.do(label, edit, merge)
        except ValueError as error:
            self.message.emit("warning", str(error))
            return False

    def preview(self, words: str = "", edit: Callable[[Project], Project] | None = None) -> EditPreview | None:
        """Show everywhere what an edit would make of the project, without making it; without an edit, show what is."""
        before = self.edit_preview
        self.edit_preview = (
            preview_edit(words, edit, self.analysis, self.fields, registry.fields_or_none) if edit is not None else None
        )
        if before is not self.edit_preview:
            self.preview_changed.emit(self.edit_preview)
        return self.edit_preview

    def _changed(self, before: Project, after: Project) -> None:
        self.preview()
        if self.sheet != MAIN and self.sheet not in after.blocks:
            self.open_sheet(MAIN)
        alive = tuple(i for i in self.selection if i in self.graph.nodes)
        self.analysis = analysis_of(self.document)
        self.project_changed.emit(before, after)
        self.analysed.emit(self.analysis)
        if alive != self.selection:
            self.select(alive)

    def reanalyse(self) -> None:
        """Work out anew what is true, because something outside the project has changed (whose code is trusted)."""
        _known.clear()
        self.analysis = analysis_of(self.document)
        self.analysed.emit(self.analysis)
        self.state_changed.emit()

    def open_sheet(self, name: str, path: NodePath = ()) -> None:
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

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, the failure of the last run first."""
        # That nothing is drawn yet, an empty canvas says better than a list of problems.
        found = tuple(p for p in self.analysis.problems if p.code != "empty" and not self._is_accepted(p))
        return (*((self.runtime_problem,) if self.runtime_problem else ()), *found)

    def _is_accepted(self, problem: Problem) -> bool:
        """Whether it is a hint that the template, from which the document was made, has had from the start."""
        return problem.code == ROUNDING and problem in accepted_hints(self._opened)

    def reveal(self, problem: Problem) -> None:
        """Open the sheet of a problem, select its node and bring it into view."""
        if problem.sheet != self.sheet:
            self.open_sheet(problem.sheet, problem.path[:-1])
        if problem.node in self.graph.nodes:
            self.select([problem.node])
            self.focus_requested.emit((problem.node,), problem.at)

    def set_runtime_problem(
        self, path: NodePath, words: str, trace: str = "", document: Document | None = None
    ) -> None:
        """Tell that a run failed, and at which node (no path: at none in particular); the node is shown.

        Of a ``document`` that is not in front it is kept until that one is.
        """
        document = document or self.document
        node, sheet, path = find_node(document.project, tuple(part.partition("#")[0] for part in path))
        problem = Problem("runtime", "error", words, node, sheet, path)
        if document is not self.document:
            self._left[document] = self._left.get(document, DocumentViewState())._replace(problem=problem, trace=trace)
            return
        self.runtime_problem, self.runtime_trace = problem, trace
        self.runtime_problem_changed.emit()
        if node:
            self.reveal(self.runtime_problem)

    def clear_runtime_problem(self) -> None:
        """The last failure is no longer of interest."""
        if self.runtime_problem is not None:
            self.runtime_problem, self.runtime_trace = None, ""
            self.runtime_problem_changed.emit()

    def failed(self, document: Document) -> bool:
        """Whether the last run of a document failed and nothing has been done about it yet."""
        problem = (
            self.runtime_problem if document is self.document else self._left.get(document, DocumentViewState()).problem
        )
        return problem is not None

    def set_theme(self, theme: Any) -> None:
        """Repaint everything in another theme."""
        self.theme = theme
        with refresh_between_events():
            self.theme_changed.emit(theme)
