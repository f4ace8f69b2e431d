"""The heat map over the canvas: every card tinted by its share of a cost, with a legend in figures."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QMenu

from visualnet.analysis.cost.quantities import QUANTITIES, CostQuantity
from visualnet.analysis.cost.tables import sheet_costs
from visualnet.app.canvas.overlays.card_tints import CardTint, TintLayer, amount_colour, paint_amounts
from visualnet.app.canvas.view import CanvasView
from visualnet.app.features.corner_legend import CornerLegend
from visualnet.app.features.heatmap.feature import HEAT
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.services.measurements import LayerTiming
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.painting import draw_line, painting
from visualnet.core.text.format import format_percent
from visualnet.core.user.settings import Settings

MEASURE, STOP = "Measure the time of each layer", "Stop measuring"
MEASURE_TIP = "Runs one batch forward some times on this machine; it can be stopped at any moment"


class HeatMap(QObject):
    """Which quantity is shown, and each node's amount of it. Off unless chosen; the choice is remembered."""

    chosen_changed = Signal(object)

    def __init__(self, studio: Studio, view: CanvasView, settings: Settings) -> None:
        super().__init__(view)
        self.studio, self.view, self.settings = studio, view, settings
        kept = settings[HEAT]
        self.chosen = kept if kept in QUANTITIES else ""
        self.amounts: dict[str, int] = {}
        self.stopwatch = LayerTiming(studio, self)
        self.layer = TintLayer(view)
        self.legend = HeatLegend(self)
        view.canvas.addItem(self.layer)
        for signal in (self.stopwatch.changed, studio.analysed, studio.sheet_changed, studio.theme_changed):
            signal.connect(self.refresh)
        self.refresh()

    @property
    def quantity(self) -> CostQuantity | None:
        """What is shown; None for nothing."""
        return QUANTITIES.get(self.chosen)

    @property
    def most(self) -> int:
        """The hottest card's amount."""
        return max(self.amounts.values(), default=0)

    def choose(self, name: str) -> None:
        """Show another quantity, or nothing ("")."""
        self.chosen = self.settings[HEAT] = name
        self.chosen_changed.emit(name)
        self.refresh()

    def fill_menu(self, menu: QMenu) -> None:
        """Off, and every quantity, with a mark at the chosen one."""

        def add(name: str, title: str, tip: str) -> None:
            action = menu.addAction(title, partial(self.choose, name))
            action.setCheckable(True)
            action.setChecked(name == self.chosen)
            action.setStatusTip(tip)

        add("", "Off", "Show the cards as they are")
        menu.addSeparator()
        for name, quantity in QUANTITIES.items():
            add(name, quantity.title, quantity.tip)
        menu.addSeparator()
        menu.addAction(STOP if self.stopwatch.running else MEASURE, self.measure).setStatusTip(MEASURE_TIP)

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
        return "" if self.amounts else "not measured: View › Dashboard › Heat map › Measure"

    def refresh(self) -> None:
        """Count anew."""
        quantity, path = self.quantity, sheet_path(self.studio)
        if quantity is None:
            self.amounts = {}
        elif quantity.of is None:
            self.amounts = self.stopwatch.on_sheet(path)
        else:
            self.amounts = {i: quantity.of(cost) for i, cost in sheet_costs(self.studio.analysis, path).items()}
        most = self.most
        tints = {
            i: CardTint(amount_colour(a / most), quantity.text(a)) for i, a in self.amounts.items() if a and quantity
        }
        self.layer.show_tints(tints)
        self.legend.describe()
        self.legend.show_if(quantity is not None and bool(self.amounts or self.note))
        self.legend.update()


WIDE, HIGH = 224, 66
"""The legend, where text has its normal size."""


class HeatLegend(CornerLegend):
    """The colours with figures."""

    wide, high = WIDE, HIGH

    def __init__(self, heat: HeatMap) -> None:
        super().__init__(heat.view)
        self.heat = heat

    def describe(self) -> None:
        """Tell in words what is shown."""
        quantity = self.heat.quantity
        if quantity is not None:
            figures = f"0 to {quantity.text(self.heat.most)}, {self._total(quantity)}"
            self.setAccessibleName(f"Heat map: {quantity.title}, {self.heat.note or figures}")

    def _total(self, quantity: CostQuantity) -> str:
        return f"{quantity.text(sum(self.heat.amounts.values()))} in all"

    def paintEvent(self, _event: QPaintEvent) -> None:
        quantity, note, theme = self.heat.quantity, self.heat.note, self.heat.studio.theme
        if quantity is None:
            return
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        with painting(self) as p:
            self.paint_ground(p, theme)
            row = QRectF(12, 6, WIDE - 24, 18)
            draw_line(p, row, quantity.title, fonts.sans(12), theme.text)
            if note:
                p.setPen(QColor(theme.muted))
                p.drawText(QRectF(12, 28, self.width() - 24, 32), left | Qt.TextFlag.TextWordWrap, note)
            else:
                draw_line(p, row, self._total(quantity), fonts.sans(12), theme.muted, align=right)
                paint_amounts(p, QRectF(12, 28, WIDE - 24, 10))
                ends = {left: "0", right: quantity.text(self.heat.most)}
                for align, text in {**ends, Qt.AlignmentFlag.AlignHCenter: quantity.text(self.heat.most // 2)}.items():
                    draw_line(p, QRectF(12, 42, WIDE - 24, 18), text, fonts.figures(11), theme.muted, align=align)
