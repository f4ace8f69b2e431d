"""Labels, buttons, rows and the empty state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from visualnet.app.theme import fonts, icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.layouts import STRETCH, clear, column
from visualnet.app.widgets.painting import fill_rounded, painting
from visualnet.core.text.hidden_characters import visible

Widget = TypeVar("Widget", bound=QWidget)


def label(
    text: str = "", role: str = "", parent: QWidget | None = None, *, wrap: bool = False, selectable: bool = False
) -> QLabel:
    """A plain-text label in a role of the style sheet: title, heading, section, muted, figures, mono, error …; ``selectable`` with the
    mouse."""
    made = QLabel(visible(text, lines=True), parent, textFormat=Qt.TextFormat.PlainText, wordWrap=wrap)
    if role:
        made.setProperty("role", role)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(text: str, kind: str = "", icon: str = "", done: Callable[[], object] | None = None) -> QPushButton:
    """A push button; `kind` is "", "primary", "danger" or "quiet"."""
    made = QPushButton(text.replace("&", "&&"))
    if kind:
        made.setProperty("kind", kind)
    if icon:
        icons.resize(made, 16)
        icons.bind(made, icon, {"primary": "accent_text", "danger": "error"}.get(kind, "text"))
    if done is not None:
        made.clicked.connect(lambda _checked=False: done())
    return made


def icon_button(
    icon: str, name: str, tip: str = "", done: Callable[[], object] | None = None, size: int = 16
) -> QToolButton:
    """A small button that is an icon; screen readers say its name."""
    made = describe(QToolButton(), name, tip or name)
    icons.resize(made, size)
    icons.bind(made, icon, "muted")
    if done is not None:
        made.clicked.connect(lambda _checked=False: done())
    return made


def describe(widget: Widget, name: str, tip: str = "") -> Widget:
    """Give a widget the name that screen readers say, and its tip."""
    widget.setAccessibleName(name)
    if tip:
        widget.setToolTip(tip)
    return widget


SpinBox = TypeVar("SpinBox", QSpinBox, QDoubleSpinBox)


def spin_box(box: SpinBox) -> SpinBox:
    """The box with its number as far from the edge as the text of other fields: style sheets cannot move it."""
    box.lineEdit().setTextMargins(fonts.px(7), 0, 0, 0)
    return box


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet looks at, and let it look."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class IconLabel(QWidget):
    """An icon in a role's colour; follows the theme by itself."""

    def __init__(self, name: str, size: int = 16, role: str = "muted") -> None:
        super().__init__()
        self._name, self._role = name, role
        icons.resize(self, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_icon(self, name: str, role: str = "muted") -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        role = self._role if self.isEnabled() else "disabled"
        with painting(self, smooth=False) as painter:
            icons.paint(painter, self._name, QRectF(self.rect()), role)


class ColorDot(QWidget):
    """A small square in a role's colour, such as "family:dense"."""

    def __init__(self, role: str, size: int = 10) -> None:
        super().__init__()
        self.role = role
        icons.resize(self, size)

    def set_role(self, role: str) -> None:
        """Show another colour."""
        self.role = role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            fill_rounded(painter, self.rect(), icons.current_theme().colour(self.role), 2.5)


class ElidedLabel(QLabel):
    """One line of plain text that ends in … where there is no room; the tip then holds the whole."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.full_text = ""
        """The text before it was shortened."""
        self._mode = mode
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        self.full_text = visible(" ".join(text.split()))
        self.setAccessibleName(self.full_text)
        self._shorten()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.full_text) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…") + 4, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        shown = self.fontMetrics().elidedText(self.full_text, self._mode, max(self.width(), 8))
        if shown != self.text():
            super().setText(shown)
        self.setToolTip(self.full_text if shown != self.full_text else "")


class KeyValue(QWidget):
    """Rows of a name and a value, the values in figures of equal width."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}

    def set_value(self, key: str, value: str, tip: str = "") -> None:
        """Show `value` under `key`; a new key gets a new row."""
        shown = self._values.get(key)
        if shown is None:
            row = len(self._values)
            shown = label("", "figures", selectable=True)
            shown.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._values[key] = shown
            self._grid.addWidget(label(key, "muted"), row, 0)
            self._grid.addWidget(shown, row, 1)
        if shown.text() != value:
            shown.setText(value)
        shown.setAccessibleName(f"{key}: {value}")
        shown.setToolTip(tip)

    def value(self, key: str) -> str:
        """What is shown under `key`."""
        return self._values[key].text()

    def show_rows(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Show these rows of a name, a value and a tip instead of all others."""
        rows = list(rows)
        if [key for key, _, _ in rows] != list(self._values):
            clear(self._grid)
            self._values.clear()
        for each in rows:
            self.set_value(*each)


class EmptyState(QWidget):
    """Says why there is nothing here yet."""

    def __init__(self, icon: str, sentence: str) -> None:
        super().__init__()
        self.sentence = label(sentence, "muted", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        drawn = (IconLabel(icon, 32, "outline"), 0, Qt.AlignmentFlag.AlignHCenter)
        column(STRETCH, drawn, self.sentence, STRETCH, margins=3 * GRID, spacing=12, parent=self)
        self.setAccessibleName(sentence)


class Card(QFrame):
    """A raised, rounded panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
