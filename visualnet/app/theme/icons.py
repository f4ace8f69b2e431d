"""Icons drawn from `resources/icons`, tinted with the theme and sharp on every screen."""

from __future__ import annotations

from functools import lru_cache
from weakref import WeakKeyDictionary

import shiboken6
from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QMenu, QTabBar, QWidget

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import DARK, Theme
from visualnet.core.storage.regular_files import read_text
from visualnet.resources import resource

SIZES = (16, 20)

Bound = QAction | QAbstractButton
"""What can have an icon that follows the theme."""

_theme: Theme = DARK
_bound: WeakKeyDictionary[Bound, tuple[str, str]] = WeakKeyDictionary()
_sized: WeakKeyDictionary[QWidget, int] = WeakKeyDictionary()


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in resource("icons").glob("*.svg")))


def current_theme() -> Theme:
    """The theme that the application wears now."""
    return _theme


def icon(name: str, color: str = "text", ratio: float = 0) -> QIcon:
    """A tinted icon; `color` is a role such as "muted" or `#rrggbb`, by default the text colour.

    It keeps its colour when the theme changes: use `bind` for what lives on. `ratio` is that of the screens, asked for if it is 0.
    """
    return _icon(name, _theme.colour(color), _theme.disabled, ratio or _ratio(), fonts.factor())


def pixmap(name: str, size: int = 16, color: str = "text", dpr: float | None = None) -> QPixmap:
    """The icon as a pixmap of `size` logical pixels."""
    return _pixmap(name, size, _theme.colour(color), dpr or _ratio())


def paint(painter: QPainter, name: str, area: QRectF, color: str = "text") -> None:
    """Draw the icon into `area`, at the sharpness of the painter's own transform."""
    _renderer(name, _theme.colour(color)).render(painter, area)


def bind(target: QAction | QAbstractButton, name: str, role: str = "text") -> None:
    """Give `target` this icon, now and after every change of theme."""
    _bound[target] = (name, role)
    target.setIcon(icon(name, role))


def resize(target: QWidget, drawn: int) -> None:
    """Let icons on ``target`` be ``drawn`` px large where body text has its usual size, and grow with it; a widget that is a picture
    itself becomes as large."""
    _sized[target] = drawn
    _apply_size(target, drawn)


def _apply_size(target: QWidget, drawn: int) -> None:
    size = QSize(fonts.px(drawn), fonts.px(drawn))
    if isinstance(target, QAbstractButton | QAbstractItemView | QTabBar):
        target.setIconSize(size)
    else:
        target.setFixedSize(size)


def set_theme(theme: Theme, only_seen: bool = False) -> list[Bound]:
    """Use this theme's colours and the chosen text size from now on: repaint bound icons, and resize those that have a size.

    With ``only_seen`` gives what cannot be seen now and keeps its icon until ``repaint`` is asked.
    """
    global _theme
    _theme = theme
    for widget, drawn in list(_sized.items()):
        if shiboken6.isValid(widget):
            _apply_size(widget, drawn)
        else:
            del _sized[widget]
    later, ratio = [], _ratio()
    for target in list(_bound):
        if only_seen and shiboken6.isValid(target) and not _is_seen(target):
            later.append(target)
        else:
            repaint(target, ratio)
    return later


def repaint(target: Bound, ratio: float = 0) -> None:
    """Give a bound target its icon in the present theme; one that Qt has thrown away is forgotten."""
    if not shiboken6.isValid(target):
        _bound.pop(target, None)
    elif target in _bound:
        target.setIcon(icon(*_bound[target], ratio))


def _is_seen(target: Bound) -> bool:
    if not isinstance(target, QAction):
        return target.isVisible()
    # A window has actions for their shortcuts' sake, and shows none of them; a menu is a window of its own.
    return any(
        isinstance(on, QWidget) and on.isVisible() and (isinstance(on, QMenu) or not on.isWindow())
        for on in target.associatedObjects()
    )


def _ratio() -> float:
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)


@lru_cache(maxsize=512)
def _icon(name: str, color: str, disabled: str, ratio: float, factor: float) -> QIcon:
    tinted = QIcon()
    for size in (round(drawn * factor) for drawn in SIZES):
        for dpr in {1.0, ratio}:
            tinted.addPixmap(_pixmap(name, size, color, dpr), QIcon.Mode.Normal)
            tinted.addPixmap(_pixmap(name, size, color, dpr), QIcon.Mode.Selected)
            tinted.addPixmap(_pixmap(name, size, disabled, dpr), QIcon.Mode.Disabled)
    return tinted


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
