"""Rows and columns are the layouts that their expression says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.widgets.layouts import STRETCH, add, column, row


def test_a_column_holds_widgets_rows_and_room_in_their_order(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    title, field, button = QLabel("title"), QLabel("field"), QLabel("button")
    made = column(title, row((field, 3), button, spacing=2), STRETCH, margins=(1, 2, 3, 4), spacing=6, parent=holder)
    assert isinstance(made, QVBoxLayout) and holder.layout() is made
    margins = made.contentsMargins()
    assert (margins.left(), margins.top(), margins.right(), margins.bottom()) == (1, 2, 3, 4)
    assert made.spacing() == 6 and made.itemAt(0).widget() is title and made.stretch(2) == 1
    inner = made.itemAt(1).layout()
    assert isinstance(inner, QHBoxLayout) and inner.spacing() == 2 and inner.stretch(0) == 3
    assert inner.contentsMargins().left() == 0 and inner.itemAt(1).widget() is button


def test_an_item_may_say_its_alignment_and_more_may_be_added(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    made = row(margins=8, parent=holder)
    label, inner = QLabel("label"), column()
    add(made, (label, 0, Qt.AlignmentFlag.AlignTop), (inner, 1, Qt.AlignmentFlag.AlignBottom))
    assert made.contentsMargins().bottom() == 8
    assert made.itemAt(0).alignment() == Qt.AlignmentFlag.AlignTop
    assert made.itemAt(1).alignment() == Qt.AlignmentFlag.AlignBottom and made.stretch(1) == 1
