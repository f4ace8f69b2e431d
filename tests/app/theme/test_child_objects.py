"""What is below an object is found without keeping it, and while some of it is being deleted."""

from __future__ import annotations

import ast
import gc
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QListView, QWidget

import visualnet.app
from visualnet.app.theme.child_objects import find_children, find_descendants

pytestmark = pytest.mark.usefixtures("qapp")


def test_the_same_is_found_as_qt_finds() -> None:
    top = QWidget()
    inner, first = QWidget(top), QLabel("first", top)
    second = QLabel("second", inner)
    assert find_children(top, QLabel) == [first]
    assert find_children(top, QWidget) == [inner, first]
    assert find_descendants(top, QWidget) == [inner, second, first] == top.findChildren(QWidget)
    assert find_descendants(top, QLabel) == [second, first]


def delete(widget: QWidget) -> None:
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)


def combo_in(parent: QWidget) -> QComboBox:
    """One whose list was opened before: Qt has made a window with nine parts for it."""
    combo = QComboBox(parent)
    combo.addItem("one")
    combo.view()
    return combo


def test_what_was_found_is_not_kept_once_it_is_deleted() -> None:
    top = QWidget()
    for _ in range(3):
        combo = combo_in(top)
        assert any(isinstance(one, QListView) for one in find_descendants(top, QWidget))
        assert combo in find_children(top, QComboBox)
        delete(combo)
        del combo
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, QListView) and not shiboken6.isValid(one)] == []


def test_in_the_middle_of_a_deletion_what_is_left_is_found(qapp: QApplication) -> None:
    """A combo box closes its list while it is deleted, and somebody hears of that."""
    found: list[int] = []

    class Closing(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Close:
                found.append(len(find_descendants(top, QLabel)))
            return False

    top = QWidget()
    kept, inner = QLabel("kept", top), QWidget(top)
    label = QLabel("behind it", inner)
    combo_in(inner)
    listener = Closing()
    qapp.installEventFilter(listener)
    delete(inner)
    qapp.removeEventFilter(listener)
    assert found == [1]
    assert shiboken6.isValid(kept) and not shiboken6.isValid(label)


def test_nothing_of_the_window_asks_qt_for_what_is_below() -> None:
    asked = []
    for path in Path(visualnet.app.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "findChildren":
                asked.append(f"{path.name}:{node.lineno}")
    assert asked == [], "find_descendants and find_children keep nothing, and survive a deletion"
