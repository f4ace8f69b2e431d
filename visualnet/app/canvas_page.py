"""The middle of the window: tabs for the main graph and the opened blocks, and the canvas under them."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QMenu, QTabBar, QVBoxLayout, QWidget

from visualnet.analysis.facts import Path
from visualnet.app.actions import Actions
from visualnet.app.blocks import Blocks
from visualnet.app.breadcrumbs import Breadcrumbs
from visualnet.app.canvas import adding, commands
from visualnet.app.canvas.scene import Hit
from visualnet.app.canvas.view import CanvasView
from visualnet.app.panels.find_bar import FindBar
from visualnet.app.panels.lessons import LessonCoach
from visualnet.app.studio import Studio
from visualnet.app.theme import icons
from visualnet.core.document import Document
from visualnet.core.graph import Port
from visualnet.core.project import MAIN

_NODE_MENU = (
    "edit.rename",
    "graph.connect",
    "graph.change_kind",
    "graph.mute",
    "graph.disable",
    "graph.fold",
    "",
    "graph.frame",
    "graph.group",
    "graph.ungroup",
    "graph.open_block",
    "graph.make_unique",
    "graph.rename_block",
    "graph.save_block",
    "",
    "edit.cut",
    "edit.copy",
    "edit.duplicate",
    "edit.delete",
    "edit.dissolve",
    "",
    "edit.copy_params",
    "edit.paste_params",
    "",
    "view.zoom_selection",
)
_BLOCK_ONLY = ("graph.ungroup", "graph.make_unique", "graph.rename_block", "graph.save_block")
_SHEET_MENU = (
    "graph.quick_add",
    "edit.paste",
    "edit.select_all",
    "graph.note",
    "graph.frame",
    "",
    "graph.tidy",
    "view.fit",
    "",
    "file.export_picture",
)
_WIRE_MENU = ("edit.delete", "graph.straighten")
_REMARK_MENU = ("graph.write", "graph.colour", "", "edit.delete")


class CanvasPage(QWidget):
    """One canvas; a tab for each sheet that was opened. A block's tab says through which use of it the shapes are seen."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.actions_ = studio, actions
        self.blocks = Blocks(studio, actions, self)
        self.view = CanvasView(studio)
        self.view.context_menu = self._menu
        self.tabs = QTabBar()
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setTabsClosable(True)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Sheets")
        self.tabs.currentChanged.connect(self._tab_chosen)
        self.tabs.tabCloseRequested.connect(self._tab_closed)
        self._opened: WeakKeyDictionary[Document, list[tuple[str, Path]]] = WeakKeyDictionary()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        self.crumbs = Breadcrumbs(studio, self)
        column.addWidget(self.crumbs)
        self.find_bar = FindBar(studio, self)
        column.addWidget(self.find_bar)
        column.addWidget(self.view, 1)
        self.coach = LessonCoach(studio)
        column.addWidget(self.coach)
        self.coach.left.connect(self.view.setFocus)
        self.setFocusProxy(self.view)
        studio.sheet_changed.connect(lambda _: self._show_tabs())
        studio.project_changed.connect(self._project_changed)
        studio.place_requested.connect(self.place)
        studio.thumbnails_changed.connect(self.show_thumbnails)
        self._show_tabs()

    # --- tabs ----------------------------------------------------------------------------------------------------------------------

    @property
    def opened(self) -> list[tuple[str, Path]]:
        """The sheets that have a tab, of the document in front."""
        return self._opened.setdefault(self.studio.document, [(MAIN, ())])

    def _project_changed(self, before: object, after: object) -> None:
        if getattr(before, "name", "") != getattr(after, "name", "") or getattr(before, "blocks", 0) is not getattr(
            after, "blocks", 1
        ):
            self._show_tabs()

    def _show_tabs(self) -> None:
        """One tab per opened sheet, the open one in front; sheets whose block is gone leave."""
        blocks = self.studio.project.blocks
        here = (self.studio.sheet, self.studio.path)
        self.opened[:] = [s for s in self.opened if s[0] == MAIN or s[0] in blocks]
        names = [name for name, _ in self.opened]
        if here[0] in names:
            self.opened[names.index(here[0])] = here
        else:
            self.opened.append(here)
        self.tabs.blockSignals(True)
        while self.tabs.count() > len(self.opened):
            self.tabs.removeTab(self.tabs.count() - 1)
        while self.tabs.count() < len(self.opened):
            self.tabs.addTab("")
        for at, (name, path) in enumerate(self.opened):
            self.tabs.setTabText(
                at, (self.studio.project.name if name == MAIN else self._trail(name, path)).replace("&", "&&")
            )
            self.tabs.setTabToolTip(
                at,
                "The whole network"
                if name == MAIN
                else f"Inside the block {name}, as {self._trail(name, path)} sees it",
            )
            self.tabs.setTabIcon(at, icons.icon("home" if name == MAIN else "block"))
        self.tabs.setTabButton(0, QTabBar.ButtonPosition.RightSide, None)  # type: ignore[arg-type]
        self.tabs.setCurrentIndex(self.opened.index(here))
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(self.opened) > 1 or bool(blocks))

    def _trail(self, name: str, path: Path) -> str:
        """``encoder › attention``: the names of the instances that lead here, or the block's own."""
        graph, words = self.studio.project.graph, []
        for node_id in path:
            node = graph.nodes.get(node_id)
            if node is None or node.block not in self.studio.project.blocks:
                return name
            words.append(node.name)
            graph = self.studio.project.sheet(node.block or MAIN)
        return " › ".join(words) or name

    def _tab_chosen(self, at: int) -> None:
        if 0 <= at < len(self.opened):
            self.studio.open_sheet(*self.opened[at])

    def _tab_closed(self, at: int) -> None:
        if 0 < at < len(self.opened):
            closed = self.opened.pop(at)
            if closed[0] == self.studio.sheet:
                self.studio.open_sheet(*self.opened[at - 1])
            else:
                self._show_tabs()

    # --- what the window asks ------------------------------------------------------------------------------------------------------

    def handle(self, actions: Actions) -> None:
        """Answer the actions that concern the canvas."""
        view = self.view
        for action_id, handler in {
            "edit.cut": view.cut,
            "edit.copy": view.copy,
            "edit.paste": view.paste,
            "edit.duplicate": view.duplicate,
            "edit.delete": view.delete,
            "edit.select_all": view.select_all,
            "edit.rename": view.rename,
            "edit.find": self.find_bar.open,
            "view.fit": self.fit,
            "view.zoom_selection": view.zoom_selection,
            "view.zoom_in": lambda: view.zoom_by(1.25),
            "view.zoom_out": lambda: view.zoom_by(0.8),
            "view.zoom_reset": view.zoom_reset,
            "graph.quick_add": lambda: view.quick_add(),
            "graph.tidy": view.tidy,
            "graph.open_block": view.enter,
            "graph.leave_block": self.crumbs.up,
            **commands.handlers(view),
        }.items():
            actions.on(action_id, handler)
        actions.set_checked("view.path", view.path_shown)
        actions.set_checked("view.minimap", not view.minimap.folded)
        view.minimap.folded_changed.connect(lambda folded: actions.set_checked("view.minimap", not folded))

    def fit(self) -> None:
        """Show the whole sheet."""
        self.view.fit()

    def place(self, kind: str) -> None:
        """Add a node behind the selected one, wired where it fits; in the middle of the view when nothing is selected."""
        view, chosen = self.view, self.studio.selection
        if len(chosen) == 1 and chosen[0] in view.canvas.cards:
            card = view.canvas.cards[chosen[0]]
            source = Port(chosen[0], card.outputs[0]) if card.outputs else None
            view.add(kind, adding.after_card(view.canvas, chosen[0]), source)
        else:
            centre = view.mapToScene(view.viewport().rect().center())
            view.add(kind, (centre.x() - 96, centre.y() - 40))
        view.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.blocks.show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.blocks.show_state()

    def show_thumbnails(self, images: Mapping[Path, QImage | None]) -> None:
        """Live pictures for the cards of the open sheet."""
        here = tuple(part.partition("#")[0] for part in self.studio.path)
        for path, image in images.items():
            plain = tuple(part.partition("#")[0] for part in path)
            if plain[:-1] == here and plain[-1] in self.view.canvas.cards:
                self.view.set_thumbnail(plain[-1], image)

    def _menu(self, menu: QMenu, hit: Hit) -> None:
        ids = _NODE_MENU if hit.node else _WIRE_MENU if hit.wire is not None else _SHEET_MENU
        ids = _REMARK_MENU if hit.remark else ids
        # Of what concerns blocks only what can be done now: a layer's menu stays short.
        self.actions_.fill(menu, [i for i in ids if i not in _BLOCK_ONLY or self.actions_[i].isEnabled()])
