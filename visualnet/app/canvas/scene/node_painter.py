"""How a card looks: in full, as a labelled block from afar, and the marks that lie over it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from visualnet.app.canvas.scene.node_item import HEIGHT, PAD, PORT_RADIUS, STRIP, NodeItem
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import RADIUS, Theme, luminance, mix
from visualnet.core.caches import cached

BAR = 4.0
FULL = 0.45
"""From this scale on a card is painted in full; below, as a block with a label."""
LABEL = 0.16
"""Below this scale a block has no label."""
SIGN = 18
"""How large the sign of a fault is, in px of the screen, on a card that is only a dot."""


@lru_cache(maxsize=64)
def _sans(px: int, bold: bool = False) -> QFont:
    return fonts.sans(px, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


@lru_cache(maxsize=16)
def _mono(px: int) -> QFont:
    return fonts.mono(px)


@lru_cache(maxsize=64)
def _metrics(px: int, bold: bool, mono: bool) -> QFontMetricsF:
    return QFontMetricsF(_mono(px) if mono else _sans(px, bold))


def paint_card(p: QPainter, item: NodeItem, theme: Theme) -> None:
    """The whole card with its corner at 0, 0."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    face = item.face
    area = QRectF(0.5, 0.5, item.width - 1, item.height - 1)
    colour = QColor(theme.family(face.family))
    round_ = item.radius
    if not theme.dark and not theme.strong:
        _shadow(p, area, theme, round_)
    # A folded card has no room for a bar: its edge tells the family.
    line = mix(theme.line, theme.family(face.family), 0.6) if face.folded else theme.line
    edge = QPen(QColor(line), theme.edge)
    if face.mode:
        p.setOpacity(0.45)
        edge = QPen(QColor(theme.text), 1.2, Qt.PenStyle.DashLine)
    if face.placeholder:
        edge = QPen(QColor(theme.outline), 1.2, Qt.PenStyle.DashLine)
    p.setPen(edge)
    p.setBrush(QColor(theme.ground if face.placeholder else theme.raised))
    p.drawRoundedRect(area, round_, round_)
    if face.block:
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor(mix(theme.raised, theme.family(face.family), 0.6)), 1.0))
        p.drawRoundedRect(area.adjusted(3, 3, -3, -3), round_ - 2.5, round_ - 2.5)
    if face.folded:
        _pill(p, item, theme)
    else:
        _bar(p, area, colour, face.block, round_)
        _words(p, item, theme)
        if item.thumbnail is not None:
            _strip(p, item)
    p.setOpacity(1.0)
    _ports(p, item, theme)


def _shadow(p: QPainter, area: QRectF, theme: Theme, round_: float) -> None:
    p.setPen(Qt.PenStyle.NoPen)
    for grow, alpha in ((3.0, 12), (2.0, 18), (1.0, 26)):
        shade = QColor(theme.shadow)
        shade.setAlpha(alpha * 2)
        p.setBrush(shade)
        p.drawRoundedRect(area.adjusted(-grow + 0.5, -grow + 2, grow - 0.5, grow + 1), round_ + grow, round_ + grow)


def _bar(p: QPainter, area: QRectF, colour: QColor, block: bool, round_: float) -> None:
    p.save()
    clip = QPainterPath()
    clip.addRoundedRect(area, round_, round_)
    bar = QPainterPath()
    bar.addRect(QRectF(area.left(), area.top(), BAR, area.height()))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(colour)
    p.drawPath(clip.intersected(bar))
    if block:
        p.drawRect(QRectF(area.left() + BAR + 2, area.top() + 3.5, 1.5, area.height() - 7))
    p.restore()


def _pill(p: QPainter, item: NodeItem, theme: Theme) -> None:
    """A folded card: its icon, its name, what is wrong, and the sign that opens it."""
    face, middle = item.face, item.height / 2
    control = item.control.translated(-item.x, -item.y)
    p.save()
    p.translate(0, middle - 19)
    right = _badges(p, item, theme, control.left() + 4)
    icons.paint(p, face.icon, QRectF(PAD, 11, 16, 16), _on_card(theme, face.family))
    room = QRectF(PAD + 22, 9, right - PAD - 22, 20)
    _text(p, room, face.name, _sans(13, True), _metrics(13, True, False), theme.text)
    p.restore()
    paint_control(p, control, True, theme)


def paint_control(p: QPainter, area: QRectF, folded: bool, theme: Theme, ground: str = "") -> None:
    """The sign that folds a card or opens it."""
    if ground:
        p.setPen(QPen(QColor(theme.line), 1.0))
        p.setBrush(QColor(ground))
        p.drawRoundedRect(area, 5, 5)
    icons.paint(p, "chevron-right" if folded else "chevron-down", area.adjusted(2, 2, -2, -2), theme.muted)


def _words(p: QPainter, item: NodeItem, theme: Theme) -> None:
    face = item.face
    right = _badges(p, item, theme, item.width - PAD + 2)
    icons.paint(p, face.icon, QRectF(PAD, 11, 16, 16), _on_card(theme, face.family))
    _text(
        p, QRectF(PAD + 22, 9, right - PAD - 22, 20), face.name, _sans(13, True), _metrics(13, True, False), theme.text
    )
    _text(p, QRectF(PAD, 31, item.width - 2 * PAD, 18), face.line, _sans(12), _metrics(12, False, False), theme.muted)
    shape_width = _metrics(12, False, True).horizontalAdvance(face.shape)
    row = QRectF(PAD, 53, item.width - 2 * PAD, 18)
    colour = theme.muted if face.shape == "?" else theme.text
    _text(p, row, face.shape, _mono(12), _metrics(12, False, True), colour, right=True)
    row.setWidth(row.width() - shape_width - 8)
    if row.width() > 24:
        _text(p, row, face.count, _sans(11), _metrics(11, False, False), theme.muted)


def _on_card(theme: Theme, family: str) -> str:
    return theme.family(family)


def _text(
    p: QPainter, area: QRectF, text: str, font: QFont, metrics: QFontMetricsF, colour: str, right: bool = False
) -> None:
    if not text:
        return
    if metrics.horizontalAdvance(text) > area.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    x = area.right() - metrics.horizontalAdvance(text) if right else area.left()
    y = area.top() + (area.height() + metrics.ascent() - metrics.descent()) / 2
    p.setFont(font)
    p.setPen(QColor(colour))
    p.drawText(QPointF(x, y), text)


def _badges(p: QPainter, item: NodeItem, theme: Theme, x: float) -> float:
    """Marks at the top right, the problem outermost, left of ``x``; answers where they begin."""
    face = item.face
    if face.badge:
        x -= 16
        paint_badge(p, QRectF(x, 11, 16, 16), face.badge, theme)
        x -= 4
    quiet = (face.mode == "mute", "eye-off"), (face.mode == "off", "stop")
    for shown, name in (*quiet, (face.frozen, "lock"), (face.shared, "link")):
        if shown:
            x -= 14
            icons.paint(p, name, QRectF(x, 12, 14, 14), theme.muted)
            x -= 4
    if face.repeat:
        metrics = _metrics(11, False, True)
        width = metrics.horizontalAdvance(face.repeat) + 10
        x -= width
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(theme.hover))
        p.drawRoundedRect(QRectF(x, 11, width, 16), 8, 8)
        _text(p, QRectF(x + 5, 11, width, 16), face.repeat, _mono(11), metrics, theme.text)
        x -= 4
    return x


def paint_badge(p: QPainter, area: QRectF, severity: str, theme: Theme) -> None:
    """An octagon, a triangle or a circle with its sign: shape, not only colour, tells them apart."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(theme.severity(severity))
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


def _strip(p: QPainter, item: NodeItem) -> None:
    image = item.thumbnail
    assert image is not None
    area = QRectF(PAD, item.height - STRIP - 2, item.width - 2 * PAD, STRIP - 6)
    if image.isNull() or not image.width() or not image.height():
        return
    scale = min(area.width() / image.width(), area.height() / image.height())
    size = QRectF(area.left(), area.top(), image.width() * scale, image.height() * scale)
    size.moveTop(area.top() + (area.height() - size.height()) / 2)
    # Feature maps are small: their pixels are the message, so they are enlarged without blur.
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    p.drawImage(size, image)


def _ports(p: QPainter, item: NodeItem, theme: Theme) -> None:
    p.setPen(QPen(QColor(theme.wire), 0.8 * theme.wire_width))
    p.setBrush(QColor(theme.ground))
    for ports, out in ((item.inputs, False), (item.outputs, True)):
        for port in ports:
            p.drawEllipse(item.spot(port, out), *(2 * (port_radius(item, ports),)))


def port_radius(item: NodeItem, ports: Sequence[str]) -> float:
    """How large a port is: on a folded card many stand close together."""
    return PORT_RADIUS - 1.2 if item.face.folded and len(ports) > 1 else PORT_RADIUS


def paint_block(p: QPainter, item: NodeItem, theme: Theme, scale: float) -> None:
    """The card from afar: its family's colour."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    face = item.face
    colour = block_colour(theme, face.family)
    area = QRectF(1, 1, item.width - 2, item.height - 2)
    p.setPen(QPen(QColor(theme.error), 3 / scale * 0.8) if face.badge == "error" else Qt.PenStyle.NoPen)
    p.setBrush(QColor(colour))
    p.setOpacity(0.4 if face.mode else 1.0)
    p.drawRoundedRect(area, item.radius + 2, item.radius + 2)
    p.setOpacity(1.0)
    if face.badge == "error":
        sign = _far_badge(item, scale)
        _halo(p, sign.adjusted(-2 / scale, -2 / scale, 2 / scale, 2 / scale), theme)
        paint_badge(p, sign, "error", theme)
    if face.block:
        p.setPen(QPen(QColor(theme.ground), 2 / scale * 0.6))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(area.adjusted(6, 6, -6, -6), RADIUS, RADIUS)


def _far_badge(item: NodeItem, scale: float) -> QRectF:
    """The sign of a fault on a block: as large on the screen as can be, for a colour alone tells not everyone."""
    size = min(item.height - 8, 16 / scale)
    return QRectF(item.width - size - 6, (min(item.height, HEIGHT) - size) / 2, size, size)


def _halo(p: QPainter, area: QRectF, theme: Theme) -> None:
    """A ground on which a sign is seen whatever lies under it."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(theme.canvas))
    p.drawEllipse(area)


def fault_sign(theme: Theme, ratio: float) -> QPixmap:
    """The same for a card that is only a dot, always of one size."""
    picture = QPixmap(round(SIGN * ratio), round(SIGN * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    p = QPainter(picture)
    area = QRectF(0, 0, SIGN, SIGN)
    _halo(p, area, theme)
    paint_badge(p, area.adjusted(2, 2, -2, -2), "error", theme)
    p.end()
    return picture


def paint_block_label(p: QPainter, item: NodeItem, theme: Theme, scale: float) -> None:
    """A block's name, as large as it can be."""
    face = item.face
    colour = block_colour(theme, face.family)
    area = QRectF(1, 1, item.width - 2, item.height - 2)
    px = min(max(18, min(40, round(11.5 / scale))), round(item.height * 0.8))
    badge = _far_badge(item, scale).width() + 4 if face.badge == "error" else 0.0
    room = max(area.width() - 16 - badge, 24.0)
    while px * scale > 10.5 and _metrics(px, True, False).horizontalAdvance(face.name) > room:
        px -= 1
    ink = "#101318" if luminance(colour) > 0.22 else "#ffffff"
    metrics = _metrics(px, True, False)
    width = min(room, metrics.horizontalAdvance(face.name))
    text = metrics.elidedText(face.name, Qt.TextElideMode.ElideRight, room + 1)
    p.setFont(_sans(px, True))
    p.setPen(QColor(ink))
    height = min(item.height, float(HEIGHT)) if item.thumbnail is None else item.height
    p.drawText(QPointF((item.width - badge - width) / 2, (height + metrics.ascent() - metrics.descent()) / 2), text)


def block_colour(theme: Theme, family: str) -> str:
    """A family's colour from afar, a little calmer than on the thin bar."""
    return _mixed(theme.family(family), theme.ground)


@lru_cache(maxsize=256)
def _mixed(one: str, other: str) -> str:
    return mix(one, other, 0.12)


def paint_label(
    p: QPainter,
    at: QPointF,
    text: str,
    theme: Theme,
    colour: str | None = None,
    edge: str | None = None,
    anchor: float = 0.5,
) -> QRectF:
    """Words in monospace on a small pill, ``anchor`` of their width left of ``at``; answers the pill."""
    metrics = _metrics(11, False, True)
    width = metrics.horizontalAdvance(text) + 12
    pill = QRectF(at.x() - width * anchor, at.y() - 9, width, 18)
    p.setPen(QPen(QColor(edge), 1.0) if edge else Qt.PenStyle.NoPen)
    p.setBrush(QColor(theme.raised if edge else theme.ground))
    p.drawRoundedRect(pill, 9 if not edge else 6, 9 if not edge else 6)
    _text(p, pill.adjusted(6, 0, -4, 0), text, _mono(11), metrics, colour or theme.muted)
    return pill


@cached(4096)
def label_width(text: str) -> float:
    return _metrics(11, False, True).horizontalAdvance(text) + 12
