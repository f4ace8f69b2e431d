"""What a person who reads large type, or hears the screen, would miss: words that are cut, widgets without a name."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

from visualnet.app.widgets.basic import ElidedLabel

SPARE = 1
"""A pixel of rounding cuts nothing."""
_TOUCHED = (
    QAbstractButton,
    QLineEdit,
    QComboBox,
    QAbstractItemView,
    QPlainTextEdit,
    QTextEdit,
    QAbstractSlider,
    QAbstractSpinBox,
    QGraphicsView,
)


def cut(root: QWidget) -> list[str]:
    """The visible labels and buttons under ``root`` that have less room than their words, or that something covers."""
    found = []
    for widget in root.findChildren(QWidget):
        if isinstance(widget, QLabel | QPushButton | QToolButton) and _seen(widget) and _words(widget):
            why = _too_small(widget) or _outside(widget, root)
            if why:
                found.append(f"{_place(widget)} “{_words(widget)[:40]}”: {why}")
    return found


def _seen(widget: QWidget) -> bool:
    """A panel behind another tab counts as visible for Qt; it is kept far outside the window."""
    dock: QWidget | None = widget
    while dock is not None and not isinstance(dock, QDockWidget):
        dock = dock.parentWidget()
    return widget.isVisible() and (dock is None or dock.x() >= 0)


def _words(widget: QLabel | QPushButton | QToolButton) -> str:
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return widget.toolTip() or "icon"
    return widget.text()


def _too_small(widget: QLabel | QPushButton | QToolButton) -> str:
    if isinstance(widget, ElidedLabel):
        wanted, has = widget.fontMetrics().height(), widget.contentsRect().height()
        return f"{wanted} px high in {has}" if wanted > has + SPARE else ""
    if isinstance(widget, QLabel) and widget.wordWrap():
        wanted = widget.heightForWidth(widget.width())
        return f"{wanted} px high in {widget.height()}" if wanted > widget.height() + SPARE else ""
    hint = widget.sizeHint()
    if isinstance(widget, QLabel):
        # A label shows all its words where the text fits, whatever room it would like around them.
        hint.setWidth(hint.width() - 2 * widget.margin())
        hint.setHeight(min(hint.height(), widget.fontMetrics().height() * (widget.text().count("\n") + 1)))
    if hint.width() > widget.width() + SPARE:
        return f"{hint.width()} px wide in {widget.width()}"
    if hint.height() > widget.height() + SPARE:
        return f"{hint.height()} px high in {widget.height()}"
    return ""


def _outside(widget: QWidget, root: QWidget) -> str:
    """What lies outside a parent is not seen; in a scrolled area it need only be reachable by scrolling."""
    area = QRect(QPoint(0, 0), widget.size())
    below: QWidget = widget
    while below is not root and (parent := below.parentWidget()) is not None and not below.isWindow():
        area = QRect(below.mapTo(parent, area.topLeft()), area.size())
        holder = parent.parentWidget()
        room = parent.rect()
        if isinstance(holder, QAbstractScrollArea) and holder.viewport() is parent:
            if holder.verticalScrollBar().maximum() > 0:
                area.moveTop(0)
                area.setHeight(1)
            if holder.horizontalScrollBar().maximum() > 0:
                if holder.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                    return f"wider than {type(holder).__name__}, which does not scroll sideways"
                area.setWidth(1)
                area.moveLeft(0)
        elif not room.adjusted(-SPARE, -SPARE, SPARE, SPARE).contains(area):
            return f"{area.getRect()} in {type(parent).__name__} {room.size().toTuple()}"
        below = parent
    return ""


def nameless(root: QWidget) -> list[str]:
    """The widgets under ``root`` that can be worked, or looked at, and that a screen reader could not call anything."""
    return [f"{_place(w)}: {type(w).__name__} {w.toolTip()!r}" for w in _worked(root) if not _spoken(w)]


def _worked(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        inner = any(isinstance(at, QComboBox | QAbstractSpinBox | QTabBar | QAbstractItemView) for at in _above(widget))
        own = isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_")
        held = isinstance(widget.parent(), QDockWidget) and isinstance(widget, QAbstractButton)
        drawn = (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus and type(widget) is not QWidget
        )
        if not inner and not own and not held and (isinstance(widget, _TOUCHED) or (drawn and not _scrolls(widget))):
            yield widget


def _above(widget: QWidget) -> Iterator[QWidget]:
    at = widget.parentWidget()
    while at is not None:
        yield at
        at = at.parentWidget()


def _scrolls(widget: QWidget) -> bool:
    """A scrolled area takes the focus for its keys only; what is in it is named."""
    return isinstance(widget, QAbstractScrollArea | QTabBar)


def _spoken(widget: QWidget) -> str:
    if name := widget.accessibleName():
        return name
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.text()
    return next((label.text() for label in widget.window().findChildren(QLabel) if label.buddy() is widget), "")


def _place(widget: QWidget) -> str:
    names = [type(at).__name__ for at in _above(widget)][:3]
    return " < ".join([type(widget).__name__, *names])
