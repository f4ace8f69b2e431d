"""An error in a method that Qt calls is told at once, and Qt gets an answer: it never passes through C++.

PySide 6.11.3 hands such an error on to the Python code that had called Qt. On Python 3.11 that ends the program by a segmentation fault
where an operator or a built-in function raised it (``1 // 0``, ``[].index("")``), and where a second one comes before the first has
arrived (two widgets in one picture that cannot be painted).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from shiboken6 import Shiboken

_SIZES = {"boundingRect", "minimumSizeHint", "shape", "sizeHint", "tabSizeHint", "viewportSizeHint"}
_ASKED = _SIZES | {"focusNextPrevChild", "hasHeightForWidth", "heightForWidth", "loadResource"}
"""Methods by which Qt asks for something. After an error it gets what the base class answers."""
_ASKED_OF_MODELS = {"columnCount", "data", "flags", "headerData", "rowCount", "setData"}
_ASKED_OF_LAYOUTS = {"count", "expandingDirections", "itemAt", "minimumSize", "takeAt"}
_TOLD = {
    "addItem",
    "drawBackground",
    "drawForeground",
    "initStyleOption",
    "paint",
    "scrollContentsBy",
    "setGeometry",
    "startDrag",
}
"""Methods by which Qt tells of something, as all whose names end in ``Event`` do."""
_HANDLERS = {"event", "eventFilter", "sceneEvent", "sceneEventFilter", "viewportEvent"}
"""Methods whose answer says whether an event needs nothing more."""


def is_called_by_qt(cls: type, name: str) -> bool:
    """Whether a class declares this method over a virtual one of Qt, which Qt calls."""
    if not any(name in vars(base) for base in cls.__mro__[1:] if base.__module__.startswith("PySide6.")):
        return False
    return name.endswith("Event") or name in _TOLD or name in _HANDLERS or _is_asked(cls, name)


def guard_overrides() -> None:
    """Wrap the overrides of every class of Qt that is declared from here on. Done once, before any of them is."""
    Shiboken.Object.__init_subclass__ = classmethod(_guard)  # type: ignore[assignment]


def _guard(cls: type, /, **_options: object) -> None:
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and is_called_by_qt(cls, name):
            setattr(cls, name, _guarded(cls, name, method))


def _is_asked(cls: type, name: str) -> bool:
    # Items of a scene have a `data` of their own, and combo boxes a `count`, that Qt never calls.
    bases = {base.__name__ for base in cls.__mro__}
    return (
        name in _ASKED
        or (name in _ASKED_OF_MODELS and "QAbstractItemModel" in bases)
        or (name in _ASKED_OF_LAYOUTS and "QLayout" in bases)
    )


def _guarded(cls: type, name: str, method: FunctionType) -> Callable[..., Any]:
    @functools.wraps(method)
    def guarded(*args: Any, **named: Any) -> Any:
        try:
            return method(*args, **named)
        except Exception:
            sys.excepthook(*sys.exc_info())
            return _answer_of_base(cls, name, *args, **named)

    return guarded


def _answer_of_base(cls: type, name: str, *args: Any, **named: Any) -> Any:
    if name in _HANDLERS:
        return False
    if not _is_asked(cls, name):
        return None
    try:
        return getattr(super(cls, args[0]), name)(*args[1:], **named)
    except Exception:  # purely virtual, or deleted: Qt then takes its own zero
        return None
