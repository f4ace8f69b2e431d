"""Buttons that do not fit beside one another go below."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.widgets.layouts import FlowLayout


def test_a_row_that_is_full_goes_on_below(qtbot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowLayout(host, gap=10)
    parts = [QWidget() for _ in range(3)]
    for part in parts:
        part.setFixedSize(100, 20)
        flow.addWidget(part)
    host.resize(230, 100)
    host.show()
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (110, 0), (0, 30)]
    assert flow.heightForWidth(400) == 20 and flow.heightForWidth(100) == 80
    parts[0].hide()
    flow.activate()
    assert [(part.x(), part.y()) for part in parts[1:]] == [(0, 0), (110, 0)]
    taken = flow.takeAt(0)
    assert taken is not None and taken.widget() is parts[0] and flow.count() == 2 and flow.takeAt(9) is None
