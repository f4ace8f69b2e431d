"""Makes a row of a table: a slider for each number, a choice for each category."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSlider, QWidget

from visualnet.app.features.try_it.editor import Array, InputEditor
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import ElidedLabel, describe, label
from visualnet.app.widgets.layouts import column, scroll_area
from visualnet.core.text.format import format_number
from visualnet.data.own_sample.inputs import OwnInput
from visualnet.data.table_files.cells import describe_date

STEPS = 1_000
NAME = 120
"""Room for the name of a column, where text has its normal size."""


class ListedSlider(QSlider):
    """A slider in a list that scrolls: the wheel moves the list, not the number under the pointer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ListedChoice(QComboBox):
    """A choice in a list that scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumbersEditor(InputEditor):
    """Sliders over the range that the training samples have. It shows the chosen sample until one is moved."""

    follows_sample = True

    def __init__(self, wanted: OwnInput, low: Array, high: Array, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted, self.low, self.high = wanted, np.asarray(low, np.float64), np.asarray(high, np.float64)
        self._values: Array | None = None
        self.parts: list[QSlider | QComboBox] = []
        self._figures: list[QLabel] = []
        inner, grid = QWidget(), QGridLayout()
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setColumnStretch(1, 1)
        for at, wanted_column in enumerate(wanted.columns):
            name = ElidedLabel(wanted_column.name)
            name.setToolTip(wanted_column.name)
            name.setFixedWidth(fonts.px(NAME))
            figure = label("", "small")
            figure.setMinimumWidth(56)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            part = self._make_part(at, wanted_column.name, wanted_column.categories)
            for place, widget in enumerate((name, part, figure)):
                grid.addWidget(widget, at, place)
            self.parts.append(part)
            self._figures.append(figure)
        grid.setRowStretch(len(self.parts), 1)
        inner.setLayout(grid)
        area = scroll_area(inner)
        column((area, 1), parent=self)

    def _make_part(self, at: int, name: str, categories: int) -> QSlider | QComboBox:
        if categories:
            box = describe(ListedChoice(), name, f"The category of {name}")
            known = self.wanted.categories.get(name, ())
            box.addItems(list(known) if len(known) == categories else [str(number) for number in range(categories)])
            box.activated.connect(lambda number: self._set(at, float(number)))
            return box
        low, high = (self._spell(at, float(end[at])) for end in (self.low, self.high))
        words = f"{name}: {low} to {high} in training"
        slider = describe(ListedSlider(Qt.Orientation.Horizontal), name, words)
        slider.setRange(0, STEPS)
        slider.setPageStep(STEPS // 20)
        slider.valueChanged.connect(lambda step: self._set(at, self._number(at, step)))
        return slider

    def _spell(self, at: int, number: float) -> str:
        """A value of a column as a person reads it."""
        if self.wanted.columns[at].name in self.wanted.dates:
            return describe_date(round(number))  # the slider sets days
        return format_number(number)

    def _number(self, at: int, step: int) -> float:
        return float(self.low[at] + (self.high[at] - self.low[at]) * step / STEPS)

    def value(self) -> Array | None:
        return None if self._values is None else self._values.astype(np.float32)

    def begin_with(self, raw: Array) -> None:
        self._values = np.array(raw, np.float64)
        for at, part in enumerate(self.parts):
            number = float(self._values[at])
            part.blockSignals(True)
            if isinstance(part, QComboBox):
                part.setCurrentIndex(int(number) if np.isfinite(number) else -1)
            else:
                span = self.high[at] - self.low[at]
                share = (number - self.low[at]) / span if span > 0 and np.isfinite(number) else 0.0
                part.setValue(round(min(max(share, 0.0), 1.0) * STEPS))
            part.blockSignals(False)
            self._show(at)

    def _set(self, at: int, number: float) -> None:
        if self._values is None:
            self._values = (self.low + self.high) / 2
        self._values[at] = number
        self._show(at)
        self.changed.emit()

    def _show(self, at: int) -> None:
        number = float("nan") if self._values is None else float(self._values[at])
        is_category = isinstance(self.parts[at], QComboBox)
        self._figures[at].setText("" if is_category else self._spell(at, number) if np.isfinite(number) else "missing")
