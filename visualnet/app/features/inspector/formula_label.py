"""Formulas as text on as many lines as they need."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from visualnet.app.theme import fonts
from visualnet.core.text.formula_lines import break_formula

SIZE = 11


class FormulaLabel(QLabel):
    """Formulas in small letters; breaks them anew whenever the panel gets wider or narrower."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFont(fonts.figures(SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.formulas: tuple[str, ...] = ()

    def enlarge(self, px: int) -> None:
        """Another size of type."""
        self.setFont(fonts.figures(px))
        self._break()

    def show_formulas(self, formulas: tuple[str, ...]) -> None:
        """Show these, each from a new line."""
        if formulas != self.formulas:
            self.formulas = formulas
            self.setAccessibleName("\n".join(formulas))
            self._break()

    def _break(self) -> None:
        room, metrics = max(self.width(), 120), self.fontMetrics()
        lines = [
            n for f in self.formulas for n in break_formula(f, lambda part: metrics.horizontalAdvance(part) <= room)
        ]
        if self.text() != "\n".join(lines):
            self.setText("\n".join(lines))
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._break()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
