"""“Why 28?”: one question with its formula, and the formula with the figures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication

from visualnet.analysis.explain import NumberExplanation
from visualnet.app.features.inspector.formula_label import FormulaLabel
from visualnet.app.features.inspector.typeset_label import TypesetLabel
from visualnet.app.forms.form import caption
from visualnet.app.theme.tokens import FONT_PX
from visualnet.app.widgets.basic import Card, label, restyle
from visualnet.app.widgets.layouts import column
from visualnet.core.text.format import capitalize_first

MARGIN = 10
"""Left and right of what a card holds."""


class ExplanationCard(Card):
    """Typeset where there is room for it, else as text."""

    enlarged = Signal()

    def __init__(self, px: int = FONT_PX) -> None:
        super().__init__()
        self.why: NumberExplanation | None = None
        self.question = label("", "section", wrap=True)
        self.typeset = TypesetLabel(px)
        self.lines = FormulaLabel()
        self.note = caption("")
        self.typeset.enlarged.connect(self.enlarged)
        spacing = 4 if px <= FONT_PX else px // 3
        parts = (self.question, self.typeset, self.lines, self.note)
        column(*parts, margins=(MARGIN, 8, MARGIN, 8), spacing=spacing, parent=self)

    def show_why(self, why: NumberExplanation) -> None:
        """Show it."""
        self.why = why
        role = "error" if why.note == "error" else "section"
        self.question.setText(capitalize_first(why.question))
        self.lines.show_formulas(why.lines)
        self.typeset.show_derivation(why.derivation, why.text)
        self.fit()
        if self.question.property("role") != role:
            restyle(self.question, role=role)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # A theme comes in two steps, of which the first takes the old style sheet off; the colours of a formula are the new one's.
        if event.type() == QEvent.Type.StyleChange and self.why is not None and not _bare():
            self.fit()

    def fit(self) -> None:
        """Set the formula anew; the text stands in where there is nothing to typeset, or no room to do it."""
        margins = self.contentsMargins()
        self.typeset.fit(self.width() - margins.left() - margins.right() - 2 * MARGIN)
        if (why := self.why) is None:
            return
        typeset = self.typeset.sheet is not None
        self.typeset.setVisible(typeset)
        self.lines.setVisible(bool(why.lines) and not typeset)
        note = (why.legend if not typeset else "", why.note if why.note != "error" else "")
        self.note.setText("\n".join(filter(None, note)))
        self.note.setVisible(bool(self.note.text()))


def _bare() -> bool:
    app = QApplication.instance()
    return not isinstance(app, QApplication) or not app.styleSheet()
