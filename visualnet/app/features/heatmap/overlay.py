"""The heat map over the canvas: every card tinted by its share of a cost, with a legend in figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsItem, QMenu, QStyleOptionGraphicsItem, QWidget

from visualnet.analysis.cost.tables import sheet_costs
from visualnet.analysis.cost.totals import NodeCost
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.scene.node_painter import paint_label
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.services.measurements import LayerTiming
from visualnet.app.state.settings import Settings
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS, mix
from visualnet.core.text.format import format_bytes, format_duration, format_percent, shorten_count

# Eleven colours of viridis (van der Walt and Smith, 2015; public domain), dark to bright.
VIRIDIS = (
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725",
)  # fmt: skip
FAR = 0.45
"""Below this scale a card is nothing but its colour."""
EVERYWHERE = QRectF(-2e7, -2e7, 4e7, 4e7)


def _time(nanoseconds: int) -> str:
    return format_duration(nanoseconds * 1e-9, 3)


class Quantity(NamedTuple):
    """Something that cards can be tinted by."""

    title: str
    tip: str
    of: Callable[[NodeCost], int] | None
    """From a node's costs; None where it is measured."""
    text: Callable[[int], str]


QUANTITIES: Mapping[str, Quantity] = {
    "parameters": Quantity("Parameters", "Where the learned numbers are", lambda c: c.parameters, shorten_count),
    "macs": Quantity("MACs", "Where the multiplications are", lambda c: c.macs, shorten_count),
    "made": Quantity("Output memory", "What each layer gives, at the batch size", lambda c: c.made, format_bytes),
    "kept": Quantity("Training memory", "What is kept for the backward pass", lambda c: c.kept, format_bytes),
    "time": Quantity("Time", "How long each layer takes for one batch, forward: measured here", None, _time),
}
MEASURE, STOP = "Measure the time of each layer", "Stop measuring"


def colour(share: float) -> str:
    """Viridis from 0 to 1."""
    at = min(max(share, 0.0), 1.0) * (len(VIRIDIS) - 1)
    low = min(int(at), len(VIRIDIS) - 2)
    return mix(VIRIDIS[low], VIRIDIS[low + 1], at - low)


class HeatMap(QObject):
    """Which quantity is shown, and each node's amount of it. Off unless chosen; the choice is remembered."""

    def __init__(self, studio: Studio, view: CanvasBase, settings: Settings) -> None:
        super().__init__(view)
        self.studio, self.view, self.settings = studio, view, settings
        kept = settings.typed("heat", "")
        self.chosen = kept if kept in QUANTITIES else ""
        self.amounts: dict[str, int] = {}
        self.stopwatch = LayerTiming(studio, self)
        self.stopwatch.changed.connect(self.refresh)
        self.layer = HeatLayer(self)
        self.legend = Legend(self)
        view.canvas.addItem(self.layer)
        for watched in (view.viewport(), view.minimap):
            watched.installEventFilter(self)
        studio.analysed.connect(lambda _: self.refresh())
        studio.sheet_changed.connect(lambda _: self.refresh())
        studio.theme_changed.connect(lambda _: self.refresh())
        self.refresh()

    @property
    def quantity(self) -> Quantity | None:
        """What is shown; None for nothing."""
        return QUANTITIES.get(self.chosen)

    @property
    def most(self) -> int:
        """The hottest card's amount."""
        return max(self.amounts.values(), default=0)

    def choose(self, name: str) -> None:
        """Show another quantity, or nothing ("")."""
        self.chosen = name
        self.settings["heat"] = name
        self.refresh()

    def fill_menu(self, menu: QMenu) -> None:
        """Off, and every quantity, with a mark at the chosen one."""
        for name, title, tip in (
            ("", "Off", "Show the cards as they are"),
            *((n, q.title, q.tip) for n, q in QUANTITIES.items()),
        ):
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(name == self.chosen)
            action.setStatusTip(tip)
            action.triggered.connect(lambda _=False, n=name: self.choose(n))
            if not name:
                menu.addSeparator()
        menu.addSeparator()
        running = self.stopwatch.running
        action = menu.addAction(STOP if running else MEASURE)
        action.setStatusTip("Runs one batch forward some times on this machine; it can be stopped at any moment")
        action.triggered.connect(self.measure)

    def measure(self) -> None:
        """Measure each layer's time and show it; asked again, stop measuring."""
        if not self.stopwatch.running:
            self.choose("time")
        self.stopwatch.toggle()

    @property
    def note(self) -> str:
        """What stands in the legend where there are no amounts."""
        if self.quantity is None or self.quantity.of is not None:
            return ""
        if self.stopwatch.running:
            return f"measuring … {format_percent(self.stopwatch.share, 0)}"
        return "" if self.amounts else "not measured: View › Heat map › Measure"

    def refresh(self) -> None:
        """Count anew."""
        quantity = self.quantity
        path = sheet_path(self.studio)
        if quantity is None:
            self.amounts = {}
        elif quantity.of is None:
            self.amounts = self.stopwatch.on_sheet(path)
        else:
            self.amounts = {i: quantity.of(cost) for i, cost in sheet_costs(self.studio.analysis, path).items()}
        self.layer.setVisible(quantity is not None)
        self.legend.setVisible(quantity is not None and bool(self.amounts or self.note))
        self.legend.place()
        self.legend.update()
        self.layer.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self.legend.place()
        return False


class HeatLayer(QGraphicsItem):
    """The tints, over all cards; text stays readable through them."""

    def __init__(self, heat: HeatMap) -> None:
        super().__init__()
        self.heat = heat
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(50)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        canvas, heat = self.heat.view.canvas, self.heat
        quantity, most = heat.quantity, heat.most
        if quantity is None or not most:
            return
        scale = option.levelOfDetailFromTransform(painter.worldTransform())
        near = scale >= FAR
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Bright words stay bright under a tint that only adds light, dark words dark under one that only takes it.
        modes = QPainter.CompositionMode
        tinting = modes.CompositionMode_Screen if canvas.theme.dark else modes.CompositionMode_Multiply
        for node_id in canvas.ids_in(option.exposedRect, 24.0):
            amount = heat.amounts.get(node_id, 0)
            if not amount:
                continue
            tint = QColor(colour(amount / most))
            area = canvas.cards[node_id].rect
            body = area.adjusted(0.5, 0.5, -0.5, -0.5)
            fill = QColor(tint)
            fill.setAlphaF(0.36 if near else 0.95)
            painter.setCompositionMode(tinting if near else modes.CompositionMode_SourceOver)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(body, RADIUS, RADIUS)
            if near:
                painter.setCompositionMode(modes.CompositionMode_SourceOver)
                painter.setPen(QPen(tint, 2.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(body, RADIUS, RADIUS)
                at = QPointF(area.center().x(), area.bottom() + 1)
                paint_label(painter, at, quantity.text(amount), canvas.theme, canvas.theme.text, colour(amount / most))
        painter.restore()


WIDE, HIGH = 224, 66
"""The legend, where text has its normal size."""


class Legend(QWidget):
    """The colours with figures, at the bottom right of the canvas: networks begin at the top."""

    def __init__(self, heat: HeatMap) -> None:
        super().__init__(heat.view)
        self.heat = heat
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.place_size()

    def place_size(self) -> None:
        """Be as large as the text asks for."""
        self.setFixedSize(QSize(fonts.px(WIDE), fonts.px(HIGH)))

    def place(self) -> None:
        """Stand in the corner, whatever the size of the canvas; tell in words what is shown."""
        self.place_size()
        port = self.heat.view.viewport().geometry()
        small = self.heat.view.minimap
        below = small.geometry().top() if not small.isHidden() else port.bottom()
        self.move(port.right() - self.width() - 12, below - self.height() - 12)
        quantity = self.heat.quantity
        if quantity is not None:
            total = quantity.text(sum(self.heat.amounts.values()))
            told = f"0 to {quantity.text(self.heat.most)}, {total} in all"
            self.setAccessibleName(f"Heat map: {quantity.title}, {self.heat.note or told}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        quantity, theme = self.heat.quantity, self.heat.studio.theme
        if quantity is None:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.scale(fonts.factor(), fonts.factor())
        p.setPen(QPen(QColor(theme.line), 1))
        p.setBrush(QColor(theme.surface))
        p.drawRoundedRect(QRectF(0, 0, WIDE, HIGH).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        total = quantity.text(sum(self.heat.amounts.values()))
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        row = QRectF(12, 6, WIDE - 24, 18)
        p.setFont(fonts.sans(12))
        p.setPen(QColor(theme.text))
        p.drawText(row, left | Qt.AlignmentFlag.AlignVCenter, quantity.title)
        p.setPen(QColor(theme.muted))
        note = self.heat.note
        p.drawText(row, right | Qt.AlignmentFlag.AlignVCenter, "" if note else f"{total} in all")
        if note:
            p.drawText(QRectF(12, 28, self.width() - 24, 32), left | Qt.TextFlag.TextWordWrap, note)
            p.end()
            return
        bar = QRectF(12, 28, WIDE - 24, 10)
        shades = QLinearGradient(bar.topLeft(), bar.topRight())
        for number, shade in enumerate(VIRIDIS):
            shades.setColorAt(number / (len(VIRIDIS) - 1), QColor(shade))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(shades)
        p.drawRoundedRect(bar, 3, 3)
        p.setFont(fonts.mono(11))
        p.setPen(QColor(theme.muted))
        below = QRectF(12, 42, WIDE - 24, 18)
        for side, text in (
            (left, "0"),
            (Qt.AlignmentFlag.AlignHCenter, quantity.text(self.heat.most // 2)),
            (right, quantity.text(self.heat.most)),
        ):
            p.drawText(below, side | Qt.AlignmentFlag.AlignVCenter, text)
        p.end()
