"""A formula on as many lines as it needs, broken where a person would break it: before an operator, outside brackets first."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from visualnet.app.theme import fonts

SIZE = 11
INDENT = "  "
_BREAKS = re.compile(r" (?=[=+−/·×-] )|(?<=[^ ])(?=·)|(?<=,) ")


def broken(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The lines of a formula; each but the first begins with an operator and stands a little to the right."""
    lines, rest, indent = [], text, ""
    while not fits(indent + rest):
        at = _where(rest, lambda part, i=indent: fits(i + part))  # type: ignore[misc]
        if at is None:
            break
        lines.append(indent + rest[:at].rstrip())
        rest, indent = rest[at:].lstrip(), INDENT
    return [*lines, indent + rest]


def _where(text: str, fits: Callable[[str], bool]) -> int | None:
    """The last good place that leaves a line that fits: outside all brackets if there is one, else as far out as may be."""
    best: tuple[int, int] | None = None
    for match in _BREAKS.finditer(text, 1):
        at = match.start()
        if text[:at].strip() in ("", "=", "+", "−", "/"):
            continue
        if not fits(text[:at]):
            break
        depth = sum(text.count(c, 0, at) for c in "([⌊⌈") - sum(text.count(c, 0, at) for c in ")]⌋⌉")
        # A product is torn apart last: it reads as one thing.
        depth = 2 * depth + (text[match.end()] == "·")
        if best is None or depth <= best[0]:
            best = depth, at
    return best[1] if best is not None else None


class FormulaLabel(QLabel):
    """Formulas in small letters of equal width; breaks them anew whenever the panel gets wider or narrower."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setProperty("role", "formula")
        self.setFont(fonts.mono(SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.formulas: tuple[str, ...] = ()

    def enlarge(self, px: int) -> None:
        """Another size of type."""
        self.setFont(fonts.mono(px))
        self._break()

    def show_formulas(self, formulas: tuple[str, ...]) -> None:
        """Show these, each from a new line."""
        if formulas != self.formulas:
            self.formulas = formulas
            self.setAccessibleName("\n".join(formulas))
            self._break()

    def _break(self) -> None:
        room, metrics = max(self.width(), 120), self.fontMetrics()
        lines = [n for f in self.formulas for n in broken(f, lambda part: metrics.horizontalAdvance(part) <= room)]
        if self.text() != "\n".join(lines):
            self.setText("\n".join(lines))
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._break()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
