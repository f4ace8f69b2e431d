"""How tokens are chosen: the way, and the settings that it has."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

from visualnet.app.widgets.basic import describe, label, spin_box
from visualnet.app.widgets.layouts import FlowLayout, column, row, widget_of
from visualnet.app.widgets.segmented import Segmented
from visualnet.training.decoding.search import MOST_BEAMS
from visualnet.training.prediction.written_text import WrittenText

WAYS = {"greedy": "Greedy", "sampling": "Sampling", "beam": "Beam"}
SETTINGS = {
    "sampling": (
        ("temperature", "Temperature", 0.1, 3.0),
        ("top_k", "Top k", 1, 1000),
        ("top_p", "Top p", 0.05, 1.0),
        ("seed", "Seed", 1, 1_000_000),
    ),
    "beam": (("width", "Width", 1, MOST_BEAMS), ("penalty", "Length penalty", 0.1, 2.0)),
}
"""The settings of each way: name, title, step, highest."""


class ChoosingRow(QWidget):
    """A switch between the ways, and a field for each setting of the chosen one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ways = Segmented(list(WAYS.values()), "How words are chosen")
        self.ways.setToolTip(
            "Greedy: the most probable word each time. Sampling: drawn by its probability. Beam: several beginnings are followed"
        )
        self.ways.chosen.connect(lambda _: self._show())
        self.fields: dict[str, QSpinBox | QDoubleSpinBox] = {}
        self._rooms: dict[str, QWidget] = {}
        for way, settings in SETTINGS.items():
            room = QWidget()
            flow = FlowLayout(room, 6)
            for name, title, step, high in settings:
                flow.addWidget(self._make_field(name, title, step, high))
            self._rooms[way] = room
        column(self.ways, *self._rooms.values(), spacing=4, parent=self)
        self._show()

    def _make_field(self, name: str, title: str, step: float, high: float) -> QWidget:
        param = WrittenText.params[name]
        field: QSpinBox | QDoubleSpinBox
        if isinstance(param.default, int):
            field = spin_box(QSpinBox())
            field.setRange(int(getattr(param, "low", 0)), int(high))
            field.setSingleStep(int(step))
            field.setValue(param.default)
            field.valueChanged.connect(lambda _: self.changed.emit())
        else:
            field = spin_box(QDoubleSpinBox(decimals=2))
            field.setRange(float(getattr(param, "low", 0)), high)
            field.setSingleStep(step)
            field.setValue(float(param.default))
            field.valueChanged.connect(lambda _: self.changed.emit())
        field.setKeyboardTracking(False)
        describe(field, title, param.doc)
        self.fields[name] = field
        both = widget_of(row(label(title, "small"), field, spacing=4))
        return both

    @property
    def way(self) -> str:
        """The chosen way, as the observation calls it."""
        return list(WAYS)[self.ways.current]

    def values(self) -> dict[str, Any]:
        """The way with its settings."""
        return {"way": self.way, **{name: self.fields[name].value() for name, *_ in SETTINGS.get(self.way, ())}}

    def _show(self) -> None:
        for way, room in self._rooms.items():
            room.setVisible(way == self.way)
        self.changed.emit()
