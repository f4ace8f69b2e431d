"""A slider for each unit that is fed: a value, or a factor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import clear
from visualnet.core.text.format import format_number

STEPS = 400
NAME, FIGURE = 76, 52


class ListedSlider(QSlider):
    """A slider in a list that scrolls: the wheel moves the list, not the number under the pointer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class UnitSliders(QWidget):
    """Rows of a name, a slider and its figure."""

    moved = Signal(int, float)
    """The row whose slider was moved by hand, and its figure."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._low: list[float] = []
        self._high: list[float] = []
        self.sliders: list[QSlider] = []
        self._figures: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_rows(self, names: Sequence[str], low: Sequence[float], high: Sequence[float]) -> None:
        """Offer these rows, each between two numbers; where the names stay, so do the sliders."""
        self._low, self._high = list(low), list(high)
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        clear(self._grid)
        self.sliders, self._figures = [], []
        for row, name in enumerate(names):
            slider = describe(ListedSlider(Qt.Orientation.Horizontal), name, name)
            slider.setRange(0, STEPS)
            slider.setPageStep(STEPS // 10)
            slider.valueChanged.connect(lambda step, row=row: self._move(row, step))
            caption, figure = label(name, "small"), label("", "figures")
            caption.setFixedWidth(fonts.px(NAME))
            figure.setMinimumWidth(fonts.px(FIGURE))
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for place, widget in enumerate((caption, slider, figure)):
                self._grid.addWidget(widget, row, place)
            self.sliders.append(slider)
            self._figures.append(figure)

    def show_figures(self, figures: Sequence[float]) -> None:
        """Let the sliders stand at these figures."""
        for row, (slider, value) in enumerate(zip(self.sliders, figures, strict=True)):
            self._figures[row].setText(format_number(value))
            if slider.isSliderDown():
                continue
            span = self._high[row] - self._low[row]
            slider.blockSignals(True)
            slider.setValue(round(min(max((value - self._low[row]) / span if span else 0.0, 0.0), 1.0) * STEPS))
            slider.blockSignals(False)

    def _move(self, row: int, step: int) -> None:
        value = self._low[row] + (self._high[row] - self._low[row]) * step / STEPS
        self._figures[row].setText(format_number(value))
        self.moved.emit(row, value)
