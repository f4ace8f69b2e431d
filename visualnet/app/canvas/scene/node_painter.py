"""How a card looks: in full, as a labelled block from afar, and the marks that lie over it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from visualnet.analysis.geometry.card_detail import (
    EDGE,
    LABEL_FROM,
    LINE_HEIGHT,
    ROWS_FROM,
    USUAL,
    CardDetail,
    abbreviate,
    card_detail,
    label_px,
)
from visualnet.analysis.geometry.card_size import HEIGHT, PAD
from visualnet.app.canvas.scene.node_item import PORT_RADIUS, NodeItem
from visualnet.app.canvas.scene.painting import (
    blank_pixmap,
    font_and_metrics,
    ink_on,
    label_width,
    paint_text,
    translucent,
)
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import RADIUS, Theme, mix

BAR = 4.0
HEAD = 31.0
"""How high the first row of a card is, its edge with it, where its text has the usual size."""
ALARM = 0.22
"""How much red the head of a card with a fault takes on; its words keep their contrast on it."""
LEAST_DOUBLE_PX = 26.0
"""A block that is lower on the screen has its second edge round it, not inside."""
SIGN = 18
"""How large the sign of a fault is, in px of the screen, on a card that is only a dot."""


def shows_rows(scale: float) -> bool:
    """Whether cards have rows of text at a scale of the screen; else each is a block with a label. Larger text needs larger cards."""
    return scale >= ROWS_FROM * fonts.factor()


def shows_labels(scale: float) -> bool:
    """Whether blocks have labels at a scale of the screen."""
    return scale >= LABEL_FROM * fonts.factor()


def detail_of(item: NodeItem, scale: float) -> CardDetail:
    """What a card shows at a scale of the screen, and how large it is written."""
    return card_detail(scale / fonts.factor(), item.height, item.thumbnail is not None, item.content.collapsed)


def paint_card(p: QPainter, item: NodeItem, theme: Theme, detail: CardDetail = USUAL) -> None:
    """The whole card with its corner at 0, 0."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    content = item.content
    area = QRectF(0.5, 0.5, item.width - 1, item.height - 1)
    colour = QColor(theme.family(content.family))
    round_ = item.radius
    if not theme.dark and not theme.strong:
        _paint_shadow(p, area, theme, round_)
    # A collapsed card has no room for a bar: its edge tells the family.
    line = mix(theme.line, theme.family(content.family), 0.6) if content.collapsed else theme.line
    edge = QPen(QColor(line), theme.edge)
    if content.mode:
        p.setOpacity(0.45)
        edge = QPen(QColor(theme.text), 1.2, Qt.PenStyle.DashLine)
    if content.placeholder:
        edge = QPen(QColor(theme.outline), 1.2, Qt.PenStyle.DashLine)
    p.setPen(edge)
    p.setBrush(QColor(theme.ground if content.placeholder else theme.raised))
    p.drawRoundedRect(area, round_, round_)
    if content.badge == "error":
        _paint_alarm(p, area, area.height() if content.collapsed else _head_height(detail), theme, round_)
    if content.block:
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor(mix(theme.raised, theme.family(content.family), 0.6)), 1.0))
        p.drawRoundedRect(area.adjusted(3, 3, -3, -3), round_ - 2.5, round_ - 2.5)
    if content.collapsed:
        _paint_collapsed(p, item, theme, detail)
    else:
        _paint_bar(p, area, colour, content.block, round_)
        _paint_rows(p, item, theme, detail)
        if item.thumbnail is not None and detail.picture:
            paint_strip(p, item, detail.picture)
    p.setOpacity(1.0)
    p.setPen(QPen(QColor(theme.wire), 0.8 * theme.wire_width))
    p.setBrush(QColor(theme.ground))
    paint_ports(p, item)


def _paint_shadow(p: QPainter, area: QRectF, theme: Theme, round_: float) -> None:
    p.setPen(Qt.PenStyle.NoPen)
    for grow, alpha in ((3.0, 12), (2.0, 18), (1.0, 26)):
        p.setBrush(translucent(theme.shadow, alpha * 2))
        p.drawRoundedRect(area.adjusted(-grow + 0.5, -grow + 2, grow - 0.5, grow + 1), round_ + grow, round_ + grow)


def _paint_alarm(p: QPainter, area: QRectF, tall: float, theme: Theme, round_: float) -> None:
    """A card with a fault: a red edge and a red head that is so ``tall``; the octagon in the head says the same to those who see no red."""
    shape, head = QPainterPath(), QPainterPath()
    shape.addRoundedRect(area, round_, round_)
    head.addRect(QRectF(area.left(), area.top(), area.width(), tall))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(alarm_ground(theme)))
    p.drawPath(shape & head)
    # Broad and inwards, so that it is seen inside the ring of a selected card.
    p.setPen(QPen(QColor(theme.error), theme.edge + 2.5))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(area.adjusted(1.5, 1.5, -1.5, -1.5), round_ - 1.5, round_ - 1.5)


def _head_height(detail: CardDetail) -> float:
    """How high the first row of an open card is."""
    return max(HEAD, EDGE + LINE_HEIGHT * detail.name)


def alarm_ground(theme: Theme) -> str:
    """What the head of a card with a fault is painted in."""
    return mix(theme.raised, theme.error, ALARM)


def _paint_bar(p: QPainter, area: QRectF, colour: QColor, block: bool, round_: float) -> None:
    """The family's colour along the left edge; a block has a second stroke."""
    shape, bar = QPainterPath(), QPainterPath()
    shape.addRoundedRect(area, round_, round_)
    bar.addRect(area.left(), area.top(), BAR, area.height())
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(colour)
    p.drawPath(shape & bar)
    if block:
        p.drawRect(QRectF(area.left() + BAR + 2, area.top() + 3.5, 1.5, area.height() - 7))


def _paint_head(p: QPainter, item: NodeItem, theme: Theme, right: float, middle: float, detail: CardDetail) -> None:
    """The first row around the height ``middle``, up to ``right``: icon, name, and what is special about the node."""
    px, right = detail.name, paint_badges(p, item, theme, right, middle, detail.weights)
    icons.paint(p, item.content.icon, QRectF(PAD, middle - 8, 16, 16), theme.family(item.content.family))
    left = PAD + 22
    name = item.content.name
    if font_and_metrics(px, True)[1].horizontalAdvance(name) > right - left:
        name = abbreviate(name, right - left, font_and_metrics(px, True)[1].horizontalAdvance) or name
    paint_text(p, QRectF(left, middle - px, right - left, 2 * px), name, theme.text, px, bold=True)


def _paint_collapsed(p: QPainter, item: NodeItem, theme: Theme, detail: CardDetail) -> None:
    """A collapsed card: its first row halfway up, and the sign that opens it."""
    control = item.control.translated(-item.x, -item.y)
    _paint_head(p, item, theme, control.left() + 4, item.height / 2, detail)
    paint_control(p, control, True, theme)


def paint_control(p: QPainter, area: QRectF, collapsed: bool, theme: Theme, ground: str = "") -> None:
    """The sign that collapses a card or opens it."""
    if ground:
        p.setPen(QPen(QColor(theme.line), 1.0))
        p.setBrush(QColor(ground))
        p.drawRoundedRect(area, 5, 5)
    icons.paint(p, "chevron-right" if collapsed else "chevron-down", area.adjusted(2, 2, -2, -2), theme.muted)


def _row_middles(item: NodeItem, detail: CardDetail) -> tuple[float, float, float]:
    """The heights around which a card's rows stand: name, parameters, shape."""
    if detail.text <= USUAL.text and detail.name <= USUAL.name:
        return 19.0, 40.0, 62.0
    heights = [LINE_HEIGHT * detail.name, LINE_HEIGHT * detail.text, LINE_HEIGHT * detail.text]
    if not detail.parameters:
        heights[1] = 0.0
    free = min(item.height, max(HEIGHT, item.height - detail.picture)) - 2 * EDGE - sum(heights)
    gap = max(0.0, min(free / (3 if detail.parameters else 2), 10.0))
    top, middles = EDGE + gap / 2, []
    for height in heights:
        middles.append(top + height / 2)
        top += height + (gap if height else 0.0)
    return middles[0], middles[1], middles[2]


def _paint_rows(p: QPainter, item: NodeItem, theme: Theme, detail: CardDetail) -> None:
    """An open card: its first row, what the layer is, how much it learns and what shape leaves it."""
    content, text = item.content, detail.text
    # Larger text needs what the padding takes; a port hangs over the edge there, not into the card.
    pad = PAD if text <= USUAL.text else PAD - 4
    width = item.width - 2 * pad
    head, line, last = _row_middles(item, detail)
    _paint_head(p, item, theme, item.width - pad + 2, head, detail)
    if detail.parameters:
        words = content.line if _fits(content.line, text, width) else content.narrow_line
        paint_text(p, QRectF(pad, line - text, width, 2 * text), words, theme.muted, text)
    row = QRectF(pad, last - text, width, 2 * text)
    colour = theme.muted if content.shape == "?" else theme.text
    paint_text(p, row, content.shape, colour, text, figures=True, align=Qt.AlignmentFlag.AlignRight)
    row.setWidth(width - font_and_metrics(text, figures=True)[1].horizontalAdvance(content.shape) - 8)
    if detail.counted and _fits(content.parameters, detail.weights, row.width()):
        paint_text(p, row, content.parameters, theme.muted, detail.weights)


def _fits(words: str, px: int, room: float) -> bool:
    """Whether words can be written whole; cut off, a number of weights would read as another one."""
    return font_and_metrics(px)[1].horizontalAdvance(words) <= room


def paint_badges(p: QPainter, item: NodeItem, theme: Theme, x: float, middle: float, px: int) -> float:
    """Marks at the top right around the height ``middle``, the problem outermost, left of ``x``; answers where they begin.

    ``px`` is how large a small text is now: marks grow with it.
    """
    content, large = item.content, 16.0 * px / USUAL.weights
    small = large * 14 / 16
    if content.badge:
        x -= large
        grow = large * 3 / 16 if content.badge == "error" else 0.0
        area = QRectF(x, middle - large / 2, large, large).adjusted(-grow, -grow, grow, grow)
        paint_badge(p, area, content.badge, theme)
        x -= 4 + grow
    quiet = (content.mode == "mute", "eye-off"), (content.mode == "off", "stop")
    weights = (content.frozen, "lock"), (content.own_training, "training"), (content.shared, "link")
    for shown, name in (*quiet, *weights):
        if shown:
            x -= small
            icons.paint(p, name, QRectF(x, middle - small / 2, small, small), theme.muted)
            x -= 4
    if content.repeat:
        width = font_and_metrics(px, figures=True)[1].horizontalAdvance(content.repeat) + 10
        x -= width
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(theme.hover))
        p.drawRoundedRect(QRectF(x, middle - large / 2, width, large), large / 2, large / 2)
        paint_text(p, QRectF(x + 5, middle - large / 2, width, large), content.repeat, theme.text, px, figures=True)
        x -= 4
    return x


def paint_badge(p: QPainter, area: QRectF, severity: str, theme: Theme) -> None:
    """An octagon, a triangle or a circle with its sign: shape, not only colour, tells them apart."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(theme.colour(severity))
    p.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    p.setBrush(colour)
    x, y, s = area.x(), area.y(), area.width()
    if severity == "error":
        a, b = 0.3 * s, 0.7 * s
        corners = ((a, 1), (b, 1), (s - 1, a), (s - 1, b), (b, s - 1), (a, s - 1), (1, b), (1, a))
        p.drawPolygon(QPolygonF([QPointF(x + u, y + v) for u, v in corners]))
    elif severity == "warning":
        p.drawPolygon(QPolygonF([QPointF(x + s / 2, y + 1), QPointF(x + s - 1, y + s - 2), QPointF(x + 1, y + s - 2)]))
    else:
        p.drawEllipse(area.adjusted(1, 1, -1, -1))
    ink = QColor(theme.ground if theme.dark else theme.surface)
    p.setPen(QPen(ink, s / 9, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    middle = x + s / 2
    if severity == "hint":
        p.drawLine(QPointF(middle, y + s * 0.46), QPointF(middle, y + s * 0.72))
        p.drawPoint(QPointF(middle, y + s * 0.28))
    else:
        top = 0.38 if severity == "warning" else 0.26
        low = 0.62 if severity == "warning" else 0.54
        p.drawLine(QPointF(middle, y + s * top), QPointF(middle, y + s * low))
        p.drawPoint(QPointF(middle, y + s * (low + 0.18)))
    p.restore()


def paint_strip(p: QPainter, item: NodeItem, tall: float) -> None:
    """The live picture along the lower edge, in a strip that is so ``tall``."""
    image = item.thumbnail
    assert image is not None
    area = QRectF(PAD, item.height - tall - 2, item.width - 2 * PAD, tall - 6)
    if image.isNull() or not image.width() or not image.height():
        return
    scale = min(area.width() / image.width(), area.height() / image.height())
    size = QRectF(area.left(), area.top(), image.width() * scale, image.height() * scale)
    size.moveTop(area.top() + (area.height() - size.height()) / 2)
    # Feature maps are small: their pixels are the message, so they are enlarged without blur.
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    p.drawImage(size, image)


def paint_ports(p: QPainter, item: NodeItem) -> None:
    """Every port of a card, with the pen and brush that are set."""
    for ports, out in item.sides:
        radius = port_radius(item, ports)
        for port in ports:
            p.drawEllipse(item.spot(port, out), radius, radius)


def port_radius(item: NodeItem, ports: Sequence[str]) -> float:
    """How large a port is: on a collapsed card many stand close together."""
    return PORT_RADIUS - 1.2 if item.content.collapsed and len(ports) > 1 else PORT_RADIUS


def paint_block(p: QPainter, item: NodeItem, theme: Theme, scale: float) -> None:
    """The card from afar: its family's colour."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    content = item.content
    colour = _block_ground(item, theme)
    area = QRectF(1, 1, item.width - 2, item.height - 2)
    p.setPen(QPen(QColor(theme.error), 3 / scale * 0.8) if content.badge == "error" else Qt.PenStyle.NoPen)
    p.setBrush(QColor(colour))
    p.setOpacity(0.4 if content.mode else 1.0)
    p.drawRoundedRect(area, item.radius + 2, item.radius + 2)
    p.setOpacity(1.0)
    if content.badge == "error":
        sign = _far_badge(item, scale)
        _paint_halo(p, sign.adjusted(-2 / scale, -2 / scale, 2 / scale, 2 / scale), theme)
        paint_badge(p, sign, "error", theme)
    if content.block and item.height * scale < LEAST_DOUBLE_PX:
        # An edge inside would run through the label.
        p.setPen(QPen(QColor(theme.text), 1.2 / scale))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(area, item.radius + 2, item.radius + 2)
    elif content.block:
        p.setPen(QPen(QColor(theme.ground), 2 / scale * 0.6))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(area.adjusted(6, 6, -6, -6), RADIUS, RADIUS)


def _far_badge(item: NodeItem, scale: float) -> QRectF:
    """The sign of a fault on a block: as large on the screen as can be, for a colour alone tells not everyone."""
    size = min(item.height - 8, 16 / scale)
    return QRectF(item.width - size - 6, (min(item.height, HEIGHT) - size) / 2, size, size)


def _paint_halo(p: QPainter, area: QRectF, theme: Theme) -> None:
    """A ground on which a sign is seen whatever lies under it."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(theme.canvas))
    p.drawEllipse(area)


def fault_sign(theme: Theme, ratio: float) -> QPixmap:
    """The same for a card that is only a dot, always of one size."""
    picture = blank_pixmap(round(SIGN * ratio), round(SIGN * ratio), ratio)
    p = QPainter(picture)
    area = QRectF(0, 0, SIGN, SIGN)
    _paint_halo(p, area, theme)
    paint_badge(p, area.adjusted(2, 2, -2, -2), "error", theme)
    p.end()
    return picture


def paint_block_label(p: QPainter, item: NodeItem, theme: Theme, scale: float, ground: str = "") -> None:
    """A block's name on its ground, in the size that all blocks have at this scale; shortened where it does not fit."""
    content = item.content
    px = math.ceil(label_px(scale / fonts.factor()) * fonts.factor() / scale - 1e-6)
    badge = _far_badge(item, scale).width() + 4 if content.badge == "error" else 0.0
    room, advance = item.width - badge - 6, font_and_metrics(px, True)[1].horizontalAdvance
    name = abbreviate(content.name, room, advance)
    height = min(item.height, float(HEIGHT)) if item.thumbnail is None else item.height
    area = QRectF((item.width - badge - advance(name)) / 2, 0, room + 1, height)
    paint_text(p, area, name, ink_on(ground or _block_ground(item, theme)), px, bold=True)


def _block_ground(item: NodeItem, theme: Theme) -> str:
    """Red for a card with a fault, its family's colour for all others."""
    return theme.error if item.content.badge == "error" else block_colour(theme, item.content.family)


def block_colour(theme: Theme, family: str) -> str:
    """A family's colour from afar, a little calmer than on the thin bar."""
    return _mix(theme.family(family), theme.ground, 0.12)


_mix = lru_cache(maxsize=256)(mix)


def paint_label(
    p: QPainter,
    at: QPointF,
    text: str,
    theme: Theme,
    colour: str | None = None,
    edge: str | None = None,
    anchor: float = 0.5,
    larger: float = 1.0,
) -> None:
    """Words on a small pill, ``anchor`` of their width left of ``at``; so many times ``larger`` than the sheet's px."""
    if larger != 1.0:
        p.save()
        p.translate(at)
        p.scale(larger, larger)
        paint_label(p, QPointF(0, 0), text, theme, colour, edge, anchor)
        p.restore()
        return
    width = label_width(text)
    pill = QRectF(at.x() - width * anchor, at.y() - 9, width, 18)
    p.setPen(QPen(QColor(edge), 1.0) if edge else Qt.PenStyle.NoPen)
    p.setBrush(QColor(theme.raised if edge else theme.ground))
    p.drawRoundedRect(pill, 6 if edge else 9, 6 if edge else 9)
    paint_text(p, pill.adjusted(6, 0, -4, 0), text, colour or theme.muted, 11, figures=True)
