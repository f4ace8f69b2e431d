"""A block's inside as a small drawing: on its card from the middle distance, and in the frame in which it opens in place."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from visualnet.analysis.families import family_of
from visualnet.app.canvas.scene.graph_thumbnail import paint_graph
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import block_colour
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme, luminance
from visualnet.core.caches import clear_with_caches
from visualnet.core.project import Project

KEPT = 200
"""So many drawings are kept."""
LEAST_PX = 21.0
"""A card that is lower on the screen has room for its name alone."""
NAME_PX = 10.5
"""The name's size on the screen, above the drawing."""

_kept: OrderedDict[tuple[Any, ...], tuple[object, QPixmap]] = OrderedDict()
clear_with_caches(_kept.clear)


def drawing(project: Project, block: str, theme: Theme, width: float, height: float, ratio: float) -> QPixmap:
    """The inside of a block, drawn once for each definition, theme and size; ``ratio`` is device px to a px."""
    graph = project.blocks[block].graph
    # Nested blocks give their cards the colour of what they hold, however deep.
    nested = tuple(family_of(node, project) for node in graph if node.block is not None)
    key = (id(graph), nested, theme.name, round(width * ratio), round(height * ratio))
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key][1]
    picture = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    p = QPainter(picture)
    paint_graph(p, QRectF(0, 0, width, height), replace(project, graph=graph), theme)
    p.end()
    _kept[key] = (graph, picture)  # what it was drawn from is kept too, so that no other graph gets its id
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return picture


def paint_miniature(p: QPainter, item: NodeItem, project: Project, theme: Theme, scale: float) -> bool:
    """A block's name with the drawing of its inside below; False where there is no room for both, or no inside."""
    block = item.node.block
    if block not in project.blocks or item.face.folded or item.height * scale < LEAST_PX:
        return False
    if item.face.badge == "error":
        return False  # its sign needs the room
    if not project.blocks[block or ""].graph.nodes:
        return False
    px = NAME_PX / scale
    edge, name = 8.0, px * 1.25
    panel = QRectF(edge, edge + name, item.width - 2 * edge, item.height - 2 * edge - name)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(theme.raised))
    p.drawRoundedRect(panel, 5, 5)
    ratio = p.device().devicePixelRatio() if p.device() is not None else 1.0
    inner = panel.adjusted(3, 2, -3, -2)
    made = drawing(project, block or "", theme, inner.width() * scale, inner.height() * scale, ratio)
    p.drawPixmap(inner, made, QRectF(made.rect()))
    font, metrics = _name_font(round(px))
    ink = "#101318" if luminance(block_colour(theme, item.face.family)) > 0.22 else "#ffffff"
    text = metrics.elidedText(item.face.name, Qt.TextElideMode.ElideRight, item.width - 2 * edge)
    p.setFont(font)
    p.setPen(QColor(ink))
    x = (item.width - metrics.horizontalAdvance(text)) / 2
    p.drawText(QPointF(x, edge + (name + metrics.ascent() - metrics.descent()) / 2 - 1), text)
    return True


@lru_cache(maxsize=32)
def _name_font(px: int) -> tuple[QFont, QFontMetricsF]:
    font = fonts.sans(px, QFont.Weight.DemiBold)
    return font, QFontMetricsF(font)
