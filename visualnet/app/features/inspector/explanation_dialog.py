"""The formulas and the drawing of one node as large as the window: for a projector, and for those who sit in the last row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QWidget

from visualnet.analysis.explain import NumberExplanation
from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.features.inspector.explanation_card import ExplanationCard
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label, restyle
from visualnet.app.widgets.layouts import STRETCH, column, remove, row
from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.drawings import Drawing

PX, LEAST_PX, MOST_PX = 28, 14, 72
DRAWN = 360
SHARE = 0.86


class ExplanationDialog(QDialog):
    """Large and plain. Ctrl+plus and Ctrl+minus, or Ctrl and the wheel, change the size; Esc goes back."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.studio = studio
        self.px = PX
        self.whys: list[NumberExplanation] = []
        self.cards: list[ExplanationCard] = []
        self.setWindowTitle("Explained")
        self.title = label("", "title")
        self.drawing = LayerDrawing(high=DRAWN)
        self.explanations = column(STRETCH, spacing=16)
        holder = QWidget()
        beside = (self.drawing, 2, Qt.AlignmentFlag.AlignTop)
        row((self.explanations, 3), beside, margins=(24, 16, 24, 24), spacing=32, parent=holder)
        self.scrolled = QScrollArea(widgetResizable=True)
        self.scrolled.setFrameShape(QScrollArea.Shape.NoFrame)
        # A bar that comes and goes would change the width, with it the heights, and so come and go for ever.
        self.scrolled.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.scrolled.verticalScrollBar().setProperty("idle", True)
        # Asked for each time: of what Qt has made a wrapper that is held can be gone while the bar is there.
        self.scrolled.verticalScrollBar().rangeChanged.connect(
            lambda low, high: restyle(self.scrolled.verticalScrollBar(), idle=low == high)
        )
        self.scrolled.setWidget(holder)
        head = row((self.title, 1), margins=(24, 12, 16, 0))
        for words, tip, done in (
            ("A−", "Smaller (Ctrl+−)", lambda: self.zoom(-4)),
            ("A+", "Larger (Ctrl++)", lambda: self.zoom(4)),
            ("Copy LaTeX", "Copy every formula here as LaTeX", self.copy_latex),
            ("Close", "Back to the network (Esc)", self.reject),
        ):
            made = button(words, "quiet", done=done)
            made.setToolTip(tip)
            made.setAutoDefault(False)
            head.addWidget(made)
        column(head, (self.scrolled, 1), parent=self)
        self.resize(parent.window().size() * SHARE)

    def explain(self, title: str, whys: Sequence[NumberExplanation], drawing: Drawing | None) -> None:
        """Show these questions, and the drawing above them."""
        self.title.setText(title)
        self.whys = [why for why in whys if why.lines]
        self.drawing.show_drawing(drawing)
        self._fill()

    def zoom(self, by: int) -> None:
        """Larger or smaller type."""
        px = min(max(self.px + by, LEAST_PX), MOST_PX)
        if px != self.px:
            self.px = px
            self._fill()

    def copy_latex(self) -> None:
        """Put every formula on the clipboard as LaTeX."""
        found = [f"% {why.question}\n\\[\n{why.derivation.latex}\n\\]" for why in self.whys if why.derivation]
        QApplication.clipboard().setText("\n\n".join(found))
        self.studio.message.emit("ok", f"{format_quantity(len(found), 'formula')} copied as LaTeX.")

    def _fill(self) -> None:
        for card in self.cards:
            self.explanations.removeWidget(card)
            remove(card)
        self.cards.clear()
        for at, why in enumerate(self.whys):
            card = ExplanationCard(self.px)
            card.typeset.can_enlarge = False
            card.lines.enlarge(max(11, round(self.px * 0.8)))
            card.question.setStyleSheet(f"font-size: {max(11, round(self.px * 0.6))}px;")
            card.show_why(why)
            self.explanations.insertWidget(at, card)
            self.cards.append(card)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Plus: 4, Qt.Key.Key_Equal: 4, Qt.Key.Key_Minus: -4}.get(Qt.Key(event.key()))
        if by is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(by)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(4 if event.angleDelta().y() > 0 else -4)
            event.accept()
        else:
            super().wheelEvent(event)
