"""The open projects, one a tab: the order they stand in, which is in front, and what each has to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from visualnet.app.state.studio import Studio
from visualnet.core.document import Document
from visualnet.core.process.autosave import Journal
from visualnet.core.project import Project
from visualnet.core.text.hidden_characters import visible


class Tab:
    """An open project: its document, the copy kept for the case of a crash, and what was said about its file.

    ``page``: the feature whose page is shown in it, as long as nothing is open.
    """

    _numbers = count(1)

    def __init__(self, document: Document, page: str = "") -> None:
        self.document, self.page = document, page
        self.number = next(self._numbers)
        """Which of all tabs it is, in the order in which they were opened."""
        self.journal = Journal(document)
        self.reported_disk_change = False

    @property
    def blank(self) -> bool:
        """Whether nothing would be lost if something else were opened in it."""
        document = self.document
        untouched = document.path is None and not document.modified and not document.history
        return untouched and not document.project.graph.nodes

    @property
    def path(self) -> Path | None:
        """The file of its document."""
        return self.document.path

    @property
    def name(self) -> str:
        """The name of its file, else of its project."""
        return visible(self.path.stem if self.path is not None else self.document.project.name)


class Tabs(QObject):
    """The row of open projects. There is always one; the Studio shows the document of the one in front."""

    changed = Signal()
    """Tabs came, went or moved, or another is in front."""
    shown = Signal()
    """Another tab is in front."""
    closed = Signal(object)
    """This document is no longer open."""

    def __init__(self, studio: Studio, pages: Mapping[str, str], home: str = "", parent: QObject | None = None) -> None:
        """``pages``: those that may cover the canvas, with their titles; ``home`` is shown where no project is open, if there is one."""
        super().__init__(parent)
        self.studio, self._pages, self._home = studio, pages, home
        self.all = [Tab(studio.document, self._home)]
        self.front = self.all[0]
        self._before_page: Tab | None = None
        self.closed.connect(studio.document_closed)

    def __iter__(self) -> Iterator[Tab]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def name(self, tab: Tab) -> str:
        """What stands on the tab; of files that are called alike, with the folder; of what is still called alike then, with a number."""
        return self.names().get(tab) or self._pages.get(tab.page, tab.name)

    @property
    def shows_page_alone(self) -> bool:
        """Whether all that is open is one page, from which one goes home by closing it."""
        return len(self.all) == 1 and self.front.page not in ("", self._home)

    def names(self) -> dict[Tab, str]:
        """What stands on each tab."""
        files = Counter(tab.name for tab in self if tab.path is not None)
        told = {tab: self._pages[tab.page] if tab.page else tab.name for tab in self}
        for tab in self:
            if not tab.page and tab.path is not None and files[tab.name] > 1:
                told[tab] = f"{tab.name} · {visible(tab.path.parent.name)}"
        names, used = dict(told), Counter[str]()
        for tab in sorted(self, key=lambda tab: tab.number):
            used[told[tab]] += 1
            if used[told[tab]] > 1:
                names[tab] = f"{told[tab]} ({used[told[tab]]})"
        return names

    def of(self, document: Document | None) -> Tab | None:
        """The tab that holds a document."""
        return next((t for t in self.all if t.document is document), None)

    def at(self, path: Path) -> Tab | None:
        """The tab in which this file is open."""
        wanted = path.resolve()
        return next((t for t in self.all if t.path is not None and t.path.resolve() == wanted), None)

    def other_projects(self) -> list[tuple[str, Project]]:
        """The projects that are open behind the tab in front, by the name on their tab."""
        return [(self.name(tab), tab.document.project) for tab in self if not tab.page and tab is not self.front]

    @property
    def last_project(self) -> Project | None:
        """The project in front; under a page, that which was in front before it. None where that was closed."""
        tab = self.front if not self.front.page else self._before_page
        return tab.document.project if tab is not None else None

    def show(self, tab: Tab) -> None:
        """Bring a tab to the front."""
        if tab is not self.front:
            self._before_page = self.front if not self.front.page else self._before_page
            self.front = tab
            self.studio.open(tab.document)
            self.shown.emit()
            self.changed.emit()

    def add(self, document: Document, page: str = "") -> None:
        """Open a document or a page: a document in the tab in front if that is blank, else in a new one. Of pages only the home page makes
        room for a document."""
        if self.front.blank and self.front.page in ("", self._home) and not page:
            self.put(self.front, document)
        else:
            tab = Tab(document, page)
            self.all.insert(self.all.index(self.front) + 1, tab)
            self.show(tab)

    def show_page(self, page: str) -> None:
        """Bring the tab of a page to the front: the one there is, else a new one."""
        there = next((tab for tab in self.all if tab.page == page), None)
        self.show(there) if there is not None else self.add(Document(Project()), page)

    def put(self, tab: Tab, document: Document) -> None:
        """Put another document in the place of a tab's: the file was read again, or something opened in a blank one."""
        old, front = tab.document, tab is self.front
        tab.journal.close()
        tab.document, tab.journal, tab.page, tab.reported_disk_change = document, Journal(document), "", False
        if front:
            self.studio.open(document)
        self.closed.emit(old)
        if front:
            self.shown.emit()
        self.changed.emit()

    def remove(self, tab: Tab) -> None:
        """Close a tab; behind the last one the home page is left. Whoever calls has asked."""
        at = self.all.index(tab)
        if len(self.all) == 1:
            self.all.append(Tab(Document(Project()), self._home))
        self.all.remove(tab)
        if tab is self.front:
            self.show(self.all[min(at, len(self.all) - 1)])
        if tab is self._before_page:
            self._before_page = None
        tab.journal.close()
        self.closed.emit(tab.document)
        self.changed.emit()

    def move(self, start: int, end: int) -> None:
        """A tab was dragged to another place."""
        self.all.insert(end, self.all.pop(start))
        self.changed.emit()

    def step(self, way: int) -> None:
        """To the next or previous tab, round and round."""
        self.show(self.all[(self.all.index(self.front) + way) % len(self.all)])
