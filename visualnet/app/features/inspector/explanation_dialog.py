"""The formulas and the drawing of one node as large as the window: for a projector, and for those who sit in the last row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from visualnet.analysis.explain import Why
from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.features.inspector.explanation_card import WhyCard
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, label, restyle
from visualnet.core.text.format import format_quantity
from visualnet.layers.declaration.drawings import Drawing

PX, LEAST_PX, MOST_PX = 28, 14, 72
DRAWN = 360
SHARE = 0.86


class ExplainView(QDialog):
    """Large and plain. Ctrl+plus and Ctrl+minus, or Ctrl and the wheel, change the size; Esc goes back."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.studio = studio
        self.px = PX
        self.whys: list[Why] = []
        self.cards: list[WhyCard] = []
        self.setWindowTitle("Explained")
        self.title = label("", "title")
        self.drawing = LayerDrawing(high=DRAWN)
        holder = QWidget()
        beside = QHBoxLayout(holder)
        beside.setContentsMargins(24, 16, 24, 24)
        beside.setSpacing(32)
        self.column = QVBoxLayout()
        self.column.setSpacing(16)
        self.column.addStretch(1)
        beside.addLayout(self.column, 3)
        beside.addWidget(self.drawing, 2, Qt.AlignmentFlag.AlignTop)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        # A bar that comes and goes would change the width, with it the heights, and so come and go for ever.
        self.scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.scroll.verticalScrollBar()
        bar.setProperty("idle", True)
        bar.rangeChanged.connect(lambda low, high: restyle(bar, idle=low == high))
        self.scroll.setWidget(holder)
        head = QHBoxLayout()
        head.setContentsMargins(24, 12, 16, 0)
        head.addWidget(self.title, 1)
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.scroll, 1)
        size = parent.window().size()
        self.resize(round(size.width() * SHARE), round(size.height() * SHARE))

    def explain(self, title: str, whys: Sequence[Why], drawing: Drawing | None) -> None:
        """Show these questions, and the drawing above them."""
        self.title.setText(title)
        self.whys = [why for why in whys if why.lines]
        self.drawing.show_drawing(drawing)
        self._fill()

    def zoom(self, by: int) -> None:
        """Larger or smaller type."""
        px = min(MOST_PX, max(LEAST_PX, self.px + by))
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
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        for at, why in enumerate(self.whys):
            card = WhyCard(self.px)
            card.set_.can_enlarge = False
            card.lines.enlarge(max(11, round(self.px * 0.8)))
            card.question.setStyleSheet(f"font-size: {max(11, round(self.px * 0.6))}px;")
            card.show_why(why)
            self.column.insertWidget(at, card)
            self.cards.append(card)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Plus: 4, Qt.Key.Key_Equal: 4, Qt.Key.Key_Minus: -4}
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in ways:
            self.zoom(ways[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(4 if event.angleDelta().y() > 0 else -4)
            event.accept()
        else:
            super().wheelEvent(event)
