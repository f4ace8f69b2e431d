"""What a person types into a number's field, and what comes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from visualnet.app.forms.value_field import ValueField, read_value, write_value


@pytest.mark.parametrize(
    ("text", "several", "value"),
    [
        ("5", False, 5),
        (" -3 ", False, -3),
        ("−3", False, -3),
        ("1,024", False, 1024),
        ("0.5", False, 0.5),
        ("1e-3", False, 0.001),
        ("2*channels", False, "2*channels"),
        ("5", True, 5),
        ("5×3", True, (5, 3)),
        ("5x3", True, (5, 3)),
        ("5, 3", True, (5, 3)),
        ("[5, 3]", True, (5, 3)),
        ("same", True, "same"),
        ("k, 2*k", True, ("k", "2*k")),
        ("max", True, "max"),
    ],
)
def test_reading(text: str, several: bool, value: object) -> None:
    read = read_value(text, several)
    assert read == value
    assert type(read) is type(value)


@given(st.lists(st.integers(-999, 999), min_size=2, max_size=4))
def test_what_is_written_is_read_again(numbers: list[int]) -> None:
    read = read_value(write_value(tuple(numbers)), several=True)
    assert read == (numbers[0] if len(set(numbers)) == 1 else tuple(numbers))


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
    assert field.text() == "12"
    assert not field.property("invalid")


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
