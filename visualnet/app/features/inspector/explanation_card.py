"""“Why 28?”: one question with its formula, and the formula with the figures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout

from visualnet.analysis.explain import Why
from visualnet.app.features.inspector.formula_label import FormulaLabel
from visualnet.app.features.inspector.typeset_label import TypesetLabel
from visualnet.app.forms.form import caption
from visualnet.app.theme.tokens import FONT_PX
from visualnet.app.widgets.basic import Card, label, restyle
from visualnet.core.text.format import capitalize_first


class WhyCard(Card):
    """Typeset where there is room for it, else as text."""

    enlarged = Signal()

    def __init__(self, px: int = FONT_PX) -> None:
        super().__init__()
        self.why: Why | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4 if px <= FONT_PX else px // 3)
        self.question = label("", "section", wrap=True)
        self.set_ = TypesetLabel(px)
        self.lines = FormulaLabel()
        self.note = caption("")
        for widget in (self.question, self.set_, self.lines, self.note):
            column.addWidget(widget)
        self.set_.enlarged.connect(self.enlarged)

    def show_why(self, why: Why) -> None:
        """Show it."""
        self.why = why
        error = why.note == "error"
        self.question.setText(capitalize_first(why.question))
        self.lines.show_formulas(why.lines)
        self.set_.show_derivation(why.derivation, why.text)
        self.fit()
        if self.question.property("role") != ("error" if error else "section"):
            restyle(self.question, role="error" if error else "section")

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
        """Set the formula anew."""
        margins = self.contentsMargins()
        inner = self.layout().contentsMargins()
        self.set_.fit(self.width() - margins.left() - margins.right() - inner.left() - inner.right())
        self._choose()

    def _choose(self) -> None:
        """The text stands in where there is nothing to typeset, or no room to do it."""
        why = self.why
        if why is None:
            return
        typeset = self.set_.sheet is not None
        self.set_.setVisible(why.derivation is not None and typeset)
        self.lines.setVisible(bool(why.lines) and not typeset)
        legend = "" if typeset else why.legend
        told = "\n".join(filter(None, (legend, why.note if why.note != "error" else "")))
        self.note.setText(told)
        self.note.setVisible(bool(told))


def _bare() -> bool:
    app = QApplication.instance()
    return not isinstance(app, QApplication) or not app.styleSheet()
