"""The page of the canvas: a tab for the main graph and the opened blocks, and the canvas under them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from visualnet.analysis.connect.insert_node import kind_label
from visualnet.analysis.facts import NodePath
from visualnet.app.actions.registry import Actions
from visualnet.app.canvas.actions import remember
from visualnet.app.canvas.commands import placing
from visualnet.app.canvas.scene.sheet_index import SheetHit
from visualnet.app.canvas.view import CanvasView
from visualnet.app.shell.bars.breadcrumbs import Breadcrumbs
from visualnet.app.shell.bars.find_bar import FindBar
from visualnet.app.shell.bars.sheet_tabs import SheetTabs
from visualnet.app.shell.inline_block import InlineBlock
from visualnet.app.state.frame_settings import CANVAS, USED_LAYERS
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column


def make_canvas(studio: Studio, actions: Actions) -> CanvasView:
    """A canvas that remembers what a person chose, with its context menus filled from the table of actions."""

    def fill(menu: QMenu, hit: SheetHit) -> None:
        if hit.annotation:
            actions.fill(menu, "annotation")
        elif hit.node:
            # Of what concerns blocks only what can be done now: a layer's menu stays short.
            actions.fill(menu, "node", extra="block")
        else:
            actions.fill(menu, "sheet" if hit.wire is None else "wire")

    view = CanvasView(studio)
    view.context_menu_requested.connect(fill)
    if studio.settings is not None:
        remember(view, studio.settings.section(CANVAS), studio.settings.section(USED_LAYERS))
    return view


class SheetPage(QWidget):
    """A canvas, over it a tab for each sheet that was opened, the way to the open one, and a search."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.view = make_canvas(studio, actions)
        self.tabs = SheetTabs(studio)
        self.crumbs = Breadcrumbs(studio, self)
        self.find_bar = FindBar(studio, self)
        self.column: QVBoxLayout = column(self.tabs, self.crumbs, self.find_bar, (self.view, 1), spacing=0, parent=self)
        self.setFocusProxy(self.view)

    def search(self) -> None:
        """Open the search."""
        self.find_bar.open()

    def open_block(self) -> None:
        """Open the sheet of the selected block."""
        self.view.enter()

    def go_up(self) -> None:
        """Open the sheet on which the open block stands."""
        self.crumbs.up()

    def show_thumbnails(self, images: Mapping[NodePath, QImage | None]) -> None:
        """Live pictures for the cards of the open sheet."""
        show_thumbnails(self.view, images)


class CanvasPage(SheetPage):
    """The page in the middle of the window. A selected block can be opened in its place."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(studio, actions, parent)
        self.inside = InlineBlock(studio, self.view, lambda inner: make_canvas(inner, actions), self.search, self)
        self.strips: dict[str, QWidget] = {}
        """What features put under the canvas, by their ids. The window places them, so that they stay under a page that covers it."""
        studio.thumbnails_changed.connect(self.show_thumbnails)

    def open_inside(self) -> None:
        """Open the selected block in its place, or collapse it."""
        self.inside.toggle()


def place_layer(view: CanvasView, kind: str) -> None:
    """Add a node behind the selected one, before what follows that; in the middle of the view when nothing is selected."""
    selected = view.studio.selection
    if len(selected) == 1 and selected[0] in view.canvas.cards:
        where = placing.describe_place(view, kind, selected[0])
        if placing.add_behind(view, kind, selected[0]):
            view.studio.message.emit("ok", f"Added {kind_label(kind)}: {where}.")
    else:
        centre = view.mapToScene(view.viewport().rect().center())
        view.add(kind, (centre.x() - 96, centre.y() - 40))
    view.setFocus()


def show_thumbnails(view: CanvasView, images: Mapping[NodePath, QImage | None]) -> None:
    """Live pictures for the cards of the sheet that a view shows."""
    here = _plain(view.studio.path)
    for path, image in images.items():
        *around, node_id = _plain(path)
        if tuple(around) == here and node_id in view.canvas.cards:
            view.set_thumbnail(node_id, image)


def _plain(path: NodePath) -> NodePath:
    """A path without the numbers of repetitions."""
    return tuple(part.partition("#")[0] for part in path)
