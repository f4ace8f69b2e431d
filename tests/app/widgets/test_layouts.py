"""Rows and columns are the layouts that their expression says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.waiting import settle
from visualnet.app.widgets.layouts import STRETCH, add, column, fitting_row, row


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


def test_a_row_leaves_out_its_optional_parts_in_their_order_and_takes_them_back(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    name, field, extra, needed = QLabel("Name"), QPushButton("Field"), QPushButton("Extra"), QPushButton("Needed")
    made = fitting_row(name, field, extra, needed, optional=(name, extra), margins=3, spacing=5, parent=holder)
    parts = (name, field, extra, needed)
    hints = [part.minimumSizeHint().width() for part in parts]
    whole = 6 + sum(hints) + 3 * 5
    holder.resize(whole, 30)
    holder.show()
    assert made.sizeHint().width() == whole

    def shown(width: int) -> list[QWidget]:
        holder.resize(width, 30)
        settle()
        assert all(part.width() >= hint for part, hint in zip(parts, hints, strict=True) if part.isVisible())
        return [part for part in parts if part.isVisible()]

    assert shown(whole) == [*parts]
    assert shown(whole - 1) == [field, extra, needed], "the first of those that are optional goes first"
    least = 6 + hints[1] + hints[3] + 5
    assert made.minimumSize().width() == least
    assert shown(least) == [field, needed]
    assert shown(whole - 1) == [field, extra, needed]
    made.want(extra, False)
    assert shown(whole) == [name, field, needed], "what has nothing to show takes no room"
    made.want(extra, True)
    assert shown(whole) == [*parts]
