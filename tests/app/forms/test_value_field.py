"""What a person types into a number's field, and what comes of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from visualnet.app.forms.completion import NameCompleter
from visualnet.app.forms.value_field import ValueField
from visualnet.core.expressions import read_whole


def check(value: object) -> str:
    return "" if isinstance(value, int) and 1 <= value <= 64 else "a whole number from 1 to 64"


@pytest.fixture
def field(qtbot: object) -> ValueField:
    made = ValueField(check)
    made.set_value(6)
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.show()
    return made


def test_typing_tells_of_every_right_value_and_marks_the_wrong(field: ValueField) -> None:
    heard: list[object] = []
    field.edited.connect(heard.append)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "12")
    assert heard == [1, 12]
    QTest.keyClicks(field, "34")
    assert heard == [1, 12]
    assert field.property("invalid")
    assert "1 to 64" in field.toolTip()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "1234" and field.property("invalid"), "what cannot be taken is not dropped in silence"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "6" and not field.property("invalid"), "Escape goes back to what stood there before"


def test_steps_stop_at_what_is_allowed(field: ValueField) -> None:
    field.set_value(63)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value == 64
    QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert field.value == 54


def test_small_numbers_step_along_one_two_five(qtbot: object) -> None:
    field = ValueField(lambda value: "" if isinstance(value, float) else "a number")
    qtbot.addWidget(field)  # type: ignore[attr-defined]
    field.set_value(0.01)
    for wanted in (0.02, 0.05, 0.1, 0.2):
        field.step_by(1)
        assert field.value == pytest.approx(wanted)
    field.step_by(-2)
    assert field.value == pytest.approx(0.05)


def test_a_great_step_goes_as_far_as_is_allowed_and_escape_takes_all_back(field: ValueField) -> None:
    field.setFocus()
    for _ in range(7):
        QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert field.value == 64
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.value == 6 and field.text() == "6"


def test_the_wheel_counts_only_with_the_focus(field: ValueField, qtbot: QtBot) -> None:
    field.clearFocus()
    QApplication.sendEvent(field, wheel(120))
    assert field.value == 6
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QApplication.sendEvent(field, wheel(120))
    assert field.value == 7


def test_dragging_the_label_changes_the_number_live_and_ends_once(field: ValueField, qtbot: QtBot) -> None:
    handle = QLabel("kernel_size")
    qtbot.addWidget(handle)
    field.scrub_with(handle)
    told: list[object] = []
    field.edited.connect(told.append)
    field.finished.connect(lambda: told.append("end"))
    for kind, x in ((QEvent.Type.MouseButtonPress, 0), (QEvent.Type.MouseMove, 13), (QEvent.Type.MouseMove, 25)):
        QApplication.sendEvent(handle, mouse(kind, x))
    assert field.value == 10
    QApplication.sendEvent(handle, mouse(QEvent.Type.MouseMove, 900))
    assert field.value == 64
    QApplication.sendEvent(handle, mouse(QEvent.Type.MouseMove, 1))
    QApplication.sendEvent(handle, mouse(QEvent.Type.MouseButtonRelease, 1))
    assert told == [8, 10, 64, 6, "end"]


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, of any popup
def test_names_are_offered_while_they_are_typed(qtbot: QtBot) -> None:
    scope = {"width": 32, "wide": 4, "classes": 10}

    def known(value: object) -> str:
        try:
            read_whole(value, scope)  # type: ignore[arg-type]
        except ValueError as error:
            return str(error)
        return ""

    field = ValueField(known, names=lambda: scope)
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "2*wi")
    offered = field.findChild(NameCompleter)
    assert offered is not None and offered.popup().isVisible()
    assert [offered.completionModel().index(row, 0).data() for row in range(2)] == ["wide = 4", "width = 32"]
    QTest.keyClick(offered.popup(), Qt.Key.Key_Down)
    QTest.keyClick(offered.popup(), Qt.Key.Key_Return)
    assert field.text() == "2*width" and field.value == "2*width"
    assert not offered.popup().isVisible()
    QTest.keyClicks(field, "x")
    assert "widthx" in field.toolTip() and field.property("invalid")


def wheel(delta: int) -> QWheelEvent:
    return QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def mouse(kind: QEvent.Type, x: float) -> QMouseEvent:
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(kind, QPointF(x, 4), QPointF(x, 4), left, left, Qt.KeyboardModifier.NoModifier)
