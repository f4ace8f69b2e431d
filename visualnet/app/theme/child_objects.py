"""What is below an object of Qt, by Qt's list of children.

PySide's ``findChildren`` is not used: the parent keeps the Python part of everything it finds for ever, also of what Qt has deleted since
(a combo box has nine such parts), and it ends the program where it comes by an object that is being deleted.
"""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

Found = TypeVar("Found", bound=QObject)


def find_children(parent: QObject, kind: type[Found]) -> list[Found]:
    """Its own children of this class, in their order."""
    return [child for child in parent.children() if isinstance(child, kind) and isValid(child)]


def find_descendants(parent: QObject, kind: type[Found]) -> list[Found]:
    """All of this class below it, each before what is below that."""
    found: list[Found] = []
    for child in parent.children():
        if child is not None and isValid(child):  # not what is being deleted
            if isinstance(child, kind):
                found.append(child)
            found += find_descendants(child, kind)
    return found
