"""A block's inside as a small drawing: on its card from the middle distance, and in the frame in which it opens in place."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from visualnet.analysis.families import family_of
from visualnet.analysis.geometry.card_detail import abbreviate
from visualnet.app.canvas.scene.graph_thumbnail import paint_graph
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import block_colour
from visualnet.app.canvas.scene.painting import blank_pixmap, device_ratio, font_and_metrics, ink_on, paint_text
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.core.caches import clear_with_caches
from visualnet.core.project import Project

KEPT = 200
"""So many drawings are kept."""
LEAST_PX = 26.0
"""A card that is lower on the screen has room for its name alone."""
NAME_PX = 11.0
"""The name's size on the screen at the normal text size, above the drawing."""

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
    picture = blank_pixmap(round(width * ratio), round(height * ratio), ratio)
    p = QPainter(picture)
    paint_graph(p, QRectF(0, 0, width, height), replace(project, graph=graph), theme)
    p.end()
    _kept[key] = (graph, picture)  # what it was drawn from is kept too, so that no other graph gets its id
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return picture


def paint_miniature(p: QPainter, item: NodeItem, project: Project, theme: Theme, scale: float) -> bool:
    """A block's name with the drawing of its inside below; False where there is no room for both, or no inside."""
    content, block = item.content, item.node.block
    # The sign of an error needs the room.
    if content.collapsed or content.badge == "error" or item.height * scale < LEAST_PX * fonts.factor():
        return False
    if block is None or block not in project.blocks or not project.blocks[block].graph.nodes:
        return False
    px = math.ceil(NAME_PX * fonts.factor() / scale)
    edge, name = 8.0, px * 1.25
    panel = QRectF(edge, edge + name, item.width - 2 * edge, item.height - 2 * edge - name)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(theme.raised))
    p.drawRoundedRect(panel, 5, 5)
    inner = panel.adjusted(3, 2, -3, -2)
    made = drawing(project, block, theme, inner.width() * scale, inner.height() * scale, device_ratio(p))
    p.drawPixmap(inner, made, QRectF(made.rect()))
    title = QRectF(edge, edge - 1, item.width - 2 * edge, name)
    words = abbreviate(content.name, title.width(), font_and_metrics(px, True)[1].horizontalAdvance)
    ink = ink_on(block_colour(theme, content.family))
    paint_text(p, title, words, ink, px, bold=True, align=Qt.AlignmentFlag.AlignHCenter)
    return True
