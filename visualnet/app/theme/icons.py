"""Icons drawn from `resources/icons`, tinted with the theme and sharp on every screen."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import lru_cache

import shiboken6
from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from visualnet.app.theme.tokens import DARK, Theme
from visualnet.core.storage.regular_files import read_text
from visualnet.resources import resource

SIZES = (16, 20)

_theme: Theme = DARK
_bound: weakref.WeakKeyDictionary[QObject, tuple[str, str]] = weakref.WeakKeyDictionary()


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in resource("icons").glob("*.svg")))


def current_theme() -> Theme:
    """The theme that the application wears now."""
    return _theme


def icon(name: str, color: str | None = None) -> QIcon:
    """A tinted icon; `color` is a role such as "muted" or `#rrggbb`, by default the text colour.

    It keeps its colour when the theme changes: use `bind` for what lives on.
    """
    return _icon(name, _theme.colour(color or "text"), _theme.disabled, _ratio())


def pixmap(name: str, size: int = 16, color: str | None = None, dpr: float | None = None) -> QPixmap:
    """The icon as a pixmap of `size` logical pixels."""
    return _pixmap(name, size, _theme.colour(color or "text"), dpr or _ratio())


def paint(painter: QPainter, name: str, area: QRectF, color: str | None = None) -> None:
    """Draw the icon into `area`, at the sharpness of the painter's own transform."""
    _renderer(name, _theme.colour(color or "text")).render(painter, area)


def bind(target: QObject, name: str, role: str = "text") -> None:
    """Give `target` (anything with `setIcon`) this icon, now and after every change of theme."""
    _bound[target] = (name, role)
    _set(target, name, role)


def wear(theme: Theme) -> None:
    """Use this theme's colours from now on and repaint all bound icons."""
    global _theme
    _theme = theme
    for target, (name, role) in list(_bound.items()):
        if shiboken6.isValid(target):
            _set(target, name, role)
        else:
            del _bound[target]


def _set(target: QObject, name: str, role: str) -> None:
    set_icon: Callable[[QIcon], None] = target.setIcon  # type: ignore[attr-defined]
    set_icon(icon(name, role))


def _ratio() -> float:
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)


@lru_cache(maxsize=512)
def _icon(name: str, color: str, disabled: str, ratio: float) -> QIcon:
    made = QIcon()
    for size in SIZES:
        for dpr in {1.0, ratio}:
            made.addPixmap(_pixmap(name, size, color, dpr), QIcon.Mode.Normal)
            made.addPixmap(_pixmap(name, size, color, dpr), QIcon.Mode.Selected)
            made.addPixmap(_pixmap(name, size, disabled, dpr), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=1024)
def _pixmap(name: str, size: int, color: str, dpr: float) -> QPixmap:
    renderer = _renderer(name, color)
    drawn = QPixmap(QSize(round(size * dpr), round(size * dpr)))
    drawn.setDevicePixelRatio(dpr)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawn


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        raise KeyError(f"no icon is called {name!r}; there are {', '.join(names())}")
    return read_text(path)
