"""What the open project is held against, and what sets them apart now. The panel lists it, the canvas draws it."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.analysis.compare.project_diff import Differences, NodeDifference, differences
from visualnet.analysis.facts import Analysis
from visualnet.analysis.inference.infer import infer
from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.project import MAIN, Project
from visualnet.data import registry

WAIT_MS = 60
"""While a number is dragged, the list follows when it pauses."""


class Base(NamedTuple):
    """What a document is held against."""

    title: str
    analysis: Analysis


def comparison_of(studio: Studio) -> DocumentComparison:
    """The one comparison of a Studio; its panel and its overlay share it."""
    return studio.findChild(DocumentComparison) or DocumentComparison(studio)


class DocumentComparison(QObject):
    """Each document keeps its own; ``changed`` tells that ``found`` is another."""

    changed = Signal()
    shown = Signal(object)
    """A ``NodeDifference`` that somebody wants to see on the canvas."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.studio = studio
        self.found: Differences | None = None
        self._bases: WeakKeyDictionary[Document, Base] = WeakKeyDictionary()
        self.timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self.timer.timeout.connect(self.refresh)
        studio.analysed.connect(self._refresh_soon)
        studio.document_changed.connect(self.refresh)
        studio.comparison_requested.connect(self._requested)

    @property
    def base(self) -> Base | None:
        """What the open project is held against; None for nothing."""
        return self._bases.get(self.studio.document)

    def against(self, project: Project, title: str) -> None:
        """Hold the open project against this one, called so."""
        fields = registry.fields_or_none(project.data)
        self._bases[self.studio.document] = Base(title, infer(project, fields=fields))
        self.refresh()

    def _requested(self, project: Project, title: str) -> None:
        """Somebody elsewhere wants to compare: the list comes to the front."""
        self.against(project, title)
        self.studio.shell.show_panel("differences")

    def clear(self) -> None:
        """Hold it against nothing any more."""
        self._bases.pop(self.studio.document, None)
        self.refresh()

    def show_node(self, found: NodeDifference) -> None:
        """Bring a node into view; one that is gone, where it would stand."""
        studio = self.studio
        if found.sheet == MAIN or found.sheet in studio.project.blocks:
            if found.sheet != studio.sheet:
                studio.open_sheet(found.sheet)
            if found.after is not None:
                studio.select([found.after.id])
            self.shown.emit(found)

    def _refresh_soon(self) -> None:
        if self.base is not None:
            self.timer.start()

    def refresh(self) -> None:
        """Find the differences anew."""
        self.timer.stop()
        base, before = self.base, self.found
        self.found = differences(base.analysis, self.studio.analysis) if base is not None else None
        if before is not None or self.found is not None:
            self.changed.emit()
