"""The middle of the window: tabs for the main graph and the opened blocks, and the canvas under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from visualnet.analysis.facts import NodePath
from visualnet.app.actions.blocks import Blocks
from visualnet.app.actions.registry import Actions
from visualnet.app.canvas import handlers
from visualnet.app.canvas.commands import placing
from visualnet.app.canvas.scene.sheet_index import Hit
from visualnet.app.canvas.view import CanvasView
from visualnet.app.shell.breadcrumbs import Breadcrumbs
from visualnet.app.shell.find_bar import FindBar
from visualnet.app.shell.inline_block import InlineBlock
from visualnet.app.shell.sheet_tabs import SheetTabs
from visualnet.app.state.studio import Studio
from visualnet.core.graph import Port

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
    "graph.open_inside",
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
_BLOCK_ONLY = ("graph.open_inside", "graph.ungroup", "graph.make_unique", "graph.rename_block", "graph.save_block")
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
_WIRE_MENU = ("edit.delete", "graph.add_bend", "graph.straighten")
_REMARK_MENU = ("graph.write", "graph.colour", "", "edit.delete")


Handler = Callable[..., Any]


class CanvasPage(QWidget):
    """One canvas; a tab for each sheet that was opened. A block's tab says through which use of it the shapes are seen."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.actions_ = studio, actions
        self.blocks = Blocks(studio, actions, self)
        self.view = CanvasView(studio)
        self.view.context_menu = self._menu
        self.looking: Callable[[], Mapping[str, Handler]] = dict
        """What the actions do in a further view, if one was worked in last."""
        self.worked: Callable[[], CanvasView] = lambda: self.view
        """The view that was worked in last."""
        self.tabs = SheetTabs(studio)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        self.crumbs = Breadcrumbs(studio, self)
        column.addWidget(self.crumbs)
        self.find_bar = FindBar(studio, self)
        column.addWidget(self.find_bar)
        column.addWidget(self.view, 1)
        self.inside = InlineBlock(studio, self.view, lambda v, up: self.answers(v, self.find_bar.open, up), self)
        self.strips: dict[str, QWidget] = {}
        """What features put under the canvas, by their ids."""
        self.setFocusProxy(self.view)
        studio.place_requested.connect(self.place)
        studio.thumbnails_changed.connect(self.show_thumbnails)

    def add_strip(self, name: str, strip: QWidget) -> None:
        """Put a feature's widget under the canvas."""
        self.strips[name] = strip
        layout = self.layout()
        assert layout is not None
        layout.addWidget(strip)

    @property
    def opened(self) -> list[tuple[str, NodePath]]:
        """The sheets that have a tab, of the document in front."""
        return self.tabs.opened

    # --- what the window asks ------------------------------------------------------------------------------------------------------

    def handle(self, actions: Actions) -> None:
        """Answer the actions that concern a canvas: the one that was worked in last."""
        view = self.view
        own = {
            **self.answers(view, self.find_bar.open, self.crumbs.up),
            "graph.open_inside": self.inside.toggle,
        }
        for action_id in own:
            actions.on(action_id, lambda *state, a=action_id: (self.looking().get(a) or own[a])(*state))
        actions.set_checked("view.path", view.path_shown)
        actions.set_checked("view.minimap", not view.minimap.folded)
        view.minimap.folded_changed.connect(lambda folded: actions.set_checked("view.minimap", not folded))

    @staticmethod
    def answers(view: CanvasView, find: Handler, up: Handler) -> Mapping[str, Handler]:
        """What each action that concerns a canvas does to this one."""
        return {
            "edit.cut": view.cut,
            "edit.copy": view.copy,
            "edit.paste": view.paste,
            "edit.duplicate": view.duplicate,
            "edit.delete": view.delete,
            "edit.select_all": view.select_all,
            "edit.rename": view.rename,
            "edit.find": find,
            "view.fit": lambda: view.fit(),
            "view.zoom_selection": view.zoom_selection,
            "view.zoom_in": lambda: view.zoom_by(1.25),
            "view.zoom_out": lambda: view.zoom_by(0.8),
            "view.zoom_reset": view.zoom_reset,
            "graph.quick_add": lambda: view.quick_add(),
            "graph.tidy": view.tidy,
            "graph.open_block": view.enter,
            "graph.leave_block": up,
            **handlers.bindings(view),
        }

    def fit(self) -> None:
        """Show the whole sheet."""
        self.view.fit()

    def place(self, kind: str) -> None:
        """Add a node behind the selected one, wired where it fits; in the middle of the view when nothing is selected."""
        view = self.worked()
        chosen = view.studio.selection
        if len(chosen) == 1 and chosen[0] in view.canvas.cards:
            card = view.canvas.cards[chosen[0]]
            source = Port(chosen[0], card.outputs[0]) if card.outputs else None
            view.add(kind, placing.after_card(view.canvas, chosen[0]), source)
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

    def show_thumbnails(self, images: Mapping[NodePath, QImage | None]) -> None:
        """Live pictures for the cards of the open sheet."""
        show_thumbnails(self.view, self.studio, images)

    def _menu(self, menu: QMenu, hit: Hit) -> None:
        ids = _NODE_MENU if hit.node else _WIRE_MENU if hit.wire is not None else _SHEET_MENU
        ids = _REMARK_MENU if hit.remark else ids
        # Of what concerns blocks only what can be done now: a layer's menu stays short.
        self.actions_.fill(menu, [i for i in ids if i not in _BLOCK_ONLY or self.actions_[i].isEnabled()])


def show_thumbnails(view: CanvasView, studio: Studio, images: Mapping[NodePath, QImage | None]) -> None:
    """Live pictures for the cards of the sheet that a view shows."""
    here = tuple(part.partition("#")[0] for part in studio.path)
    for path, image in images.items():
        plain = tuple(part.partition("#")[0] for part in path)
        if plain[:-1] == here and plain[-1] in view.canvas.cards:
            view.set_thumbnail(plain[-1], image)
