"""Any chart of ``visualnet.figures.charts``, painted: the same marks as in a report, in the colours of the theme."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from visualnet.app.plots.colours import PlotColours, colour_table, indexed_image, rgb_image, text_font
from visualnet.app.plots.picture import PaintedPicture
from visualnet.app.theme import fonts
from visualnet.figures.charts.colours import resolve
from visualnet.figures.charts.marks import (
    SMALL,
    Area,
    Chart,
    ChartDrawing,
    Dots,
    HitRegion,
    Label,
    Pixels,
    Rectangle,
    Stroke,
    find_next,
)

ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "centre": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}
WAYS = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1)}
"""The way of each arrow key: to the right and down are 1."""
FAR = 2000.0
LONG, PIECE = 16, 4
"""Lines of more points are drawn in pieces of so many lines on a screen."""


def _is_screen(painter: QPainter) -> bool:
    """Whether pixels are painted, and no file of lines."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() == QPaintEngine.Type.Raster


class ChartView(PaintedPicture):
    """Paints a chart in the size it has. Places that hold samples can be clicked, or reached by Tab's arrows and opened with Enter."""

    has_rows = True
    samples_chosen = Signal(object, str)
    """Somebody wants to see these samples (a tuple of their places in the data set); the words say what they are."""
    reached = Signal(object)
    """Keys have reached a place: its rectangle (QRect) in the widget."""

    options_chosen = Signal(object)
    """Somebody clicked a place that stands for settings: their names and values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart: Chart | None = None
        self._drawing: ChartDrawing | None = None
        self._palette: dict[str, str] = {}
        self._curves: tuple[str, ...] = ()
        self._at = -1
        self.setMouseTracking(True)
        self.setAccessibleName("Chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._set_least_size()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(520), fonts.px(320))

    def apply_colours(self, colours: PlotColours) -> None:
        names = ("text", "muted", "line", "surface", "accent", "warning")
        self._palette = {name: getattr(colours, name).name() for name in names}
        self._curves = tuple(colour.name() for colour in colours.curves)

    def show_chart(self, chart: Chart | None, name: str = "") -> None:
        """Paint this chart; ``name`` is what it is called where it is saved."""
        self.chart, self._drawing, self._at = chart, None, -1
        self.file_name = name or (chart.kind if chart is not None else "chart")
        self.setAccessibleName(name or "Chart")
        self.setAccessibleDescription(chart.description() if chart is not None else "")
        self._set_least_size()
        self.update()

    def _set_least_size(self) -> None:
        width, height = self.chart.least_size() if self.chart is not None else (0.0, 0.0)
        self.setMinimumSize(fonts.px(max(round(width), 200)), fonts.px(max(round(height), 100)))

    def is_empty(self) -> bool:
        return self.chart is None

    def rows(self) -> Iterable[Iterable[Any]]:
        return self.chart.rows() if self.chart is not None else ()

    @property
    def drawing(self) -> ChartDrawing | None:
        """What is painted in the present size."""
        if self._drawing is None and self.chart is not None:
            scale = self._scale
            self._drawing = self.chart.lay_out(self.width() / scale, self.height() / scale)
        return self._drawing

    @property
    def _scale(self) -> float:
        """Px of the window for a px of the drawing: text may be larger."""
        return fonts.px(100) / 100

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drawing = None

    # --- painting ------------------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        drawing = self.drawing
        assert drawing is not None
        painter.scale(self._scale, self._scale)
        for mark in drawing.marks:
            if isinstance(mark, Stroke):
                self._draw_stroke(painter, mark)
            elif isinstance(mark, Rectangle):
                rect = QRectF(mark.x, mark.y, mark.width, max(mark.height, 0))
                painter.fillRect(rect, self._colour(mark.colour, mark.alpha))
            elif isinstance(mark, Dots):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colour(mark.colour, mark.alpha))
                for x, y in mark.points:
                    painter.drawEllipse(QPointF(x, y), mark.radius, mark.radius)
            elif isinstance(mark, Area):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colour(mark.colour, mark.alpha))
                painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in mark.points]))
            elif isinstance(mark, Pixels):
                self._draw_pixels(painter, colours, mark)
            else:
                self._draw_words(painter, mark)
        if self.hasFocus() and 0 <= self._at < len(drawing.regions):
            region = drawing.regions[self._at]
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(region.x, region.y, region.width, region.height))

    def _draw_pixels(self, painter: QPainter, colours: PlotColours, mark: Pixels) -> None:
        if mark.map == "rgb":
            image = rgb_image(mark.values)
        else:
            image = indexed_image(mark.values, colour_table(colours, mark.map == "signed"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, mark.smooth)
        painter.setOpacity(mark.alpha)
        painter.drawImage(QRectF(mark.x, mark.y, mark.width, mark.height), image, QRectF(image.rect()))
        painter.setOpacity(1.0)

    def _colour(self, role: str, alpha: float = 1.0) -> QColor:
        colour = QColor(resolve(role, self._palette, self._curves))
        colour.setAlphaF(alpha)
        return colour

    def _draw_stroke(self, painter: QPainter, mark: Stroke) -> None:
        pen = QPen(self._colour(mark.colour, mark.alpha), mark.width)
        if mark.dashed:
            # Qt counts in widths of the line where it is wider than a pixel.
            pen.setDashPattern([part / max(mark.width, 1.0) for part in mark.dash])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(mark.points) == 2:
            painter.drawLine(QPointF(*mark.points[0]), QPointF(*mark.points[1]))
        elif len(mark.points) > LONG and mark.alpha == 1.0 and mark.width * self._scale > 1.0 and _is_screen(painter):
            self._draw_long(painter, pen, mark)
        else:
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in mark.points]))

    def _draw_long(self, painter: QPainter, pen: QPen, mark: Stroke) -> None:
        """A line in pieces: Qt fills one that is wider than a pixel as a whole, which takes long where it crosses itself often."""
        points, offset = mark.points, 0.0
        if not mark.dashed:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        for begin in range(0, len(points) - 1, PIECE):
            piece = points[begin : begin + PIECE + 1]
            if mark.dashed:
                pen.setDashOffset(offset / max(mark.width, 1.0))
                offset += sum(map(math.dist, piece, piece[1:]))
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in piece]))

    def _draw_words(self, painter: QPainter, mark: Label) -> None:
        painter.setPen(self._colour(mark.colour))
        font = _unscaled(text_font(self.font(), SMALL, bold=mark.bold), mark.size)
        painter.setFont(font)
        high = QFontMetricsF(font).height()
        left = {"left": mark.x, "centre": mark.x - FAR / 2, "right": mark.x - FAR}[mark.align]
        painter.save()
        if mark.upward:
            painter.translate(mark.x, mark.y)
            painter.rotate(-90)
            painter.translate(-mark.x, -mark.y)
        painter.drawText(QRectF(left, mark.y - high / 2, FAR, high), ALIGN[mark.align], mark.text)
        painter.restore()

    # --- pointer and keys ----------------------------------------------------------------------------------------------------------

    def region_at(self, at: QPointF) -> HitRegion | None:
        """The foremost place under a point of the widget."""
        if (drawing := self.drawing) is None:
            return None
        return drawing.region_at(at.x() / self._scale, at.y() / self._scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        region = self.region_at(event.position())
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if region is not None and _answers(region) else Qt.CursorShape.ArrowCursor
        )
        if region is not None:
            QToolTip.showText(event.globalPosition().toPoint(), region.words, self)
        else:
            QToolTip.hideText()

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        region = self.region_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and region is not None:
            self._open(region)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        regions = self.drawing.regions if self.drawing is not None else ()
        way = WAYS.get(Qt.Key(event.key()))
        if way is not None and any(map(_answers, regions)):
            self._reach(find_next(regions, self._at, way))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and 0 <= self._at < len(regions):
            self._open(regions[self._at])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keys and self._at < 0 and self.drawing is not None and any(map(_answers, self.drawing.regions)):
            self._reach(find_next(self.drawing.regions, -1, (1, 0)))

    def _reach(self, at: int) -> None:
        """Point at a place, and say what it is."""
        assert self.drawing is not None
        region, scale = self.drawing.regions[at], self._scale
        self._at = at
        room = QRectF(region.x * scale, region.y * scale, region.width * scale, region.height * scale).toAlignedRect()
        self.setAccessibleDescription(region.words)
        self.reached.emit(room)
        QToolTip.showText(self.mapToGlobal(room.bottomRight()), region.words, self)
        self.update()

    def _open(self, region: HitRegion) -> None:
        if region.samples:
            self.samples_chosen.emit(region.samples, region.words.partition(" — ")[0])
        if region.options:
            self.options_chosen.emit(region.options)


def _answers(region: HitRegion) -> bool:
    """Whether a click does something there."""
    return bool(region.samples or region.options)


def _unscaled(font: QFont, pixels: float) -> QFont:
    """The font in px of the drawing, which is scaled as a whole."""
    font.setPixelSize(round(pixels))
    return font
