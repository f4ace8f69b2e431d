"""Derivations below each other, typeset; a letter is explained where it first stands. Where there is too little room, words stand in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from visualnet.app.features.inspector.typeset_label import TypesetLabel
from visualnet.app.forms.form import caption
from visualnet.app.widgets.layouts import column
from visualnet.layers.declaration.notation import Derivation, plain


class DerivationStack(QWidget):
    """One typeset line for each derivation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels: list[TypesetLabel] = []
        self.texts: list[QLabel] = []
        self._body = column(spacing=4, parent=self)

    def show_derivations(self, derivations: Sequence[Derivation]) -> None:
        """Show these instead of all others."""
        while len(self.labels) < len(derivations):
            label, text = TypesetLabel(), caption("")
            label.can_enlarge = False
            self.labels.append(label)
            self.texts.append(text)
            self._body.addWidget(label)
            self._body.addWidget(text)
        told: set[str] = set()
        for at, (label, text) in enumerate(zip(self.labels, self.texts, strict=True)):
            if at >= len(derivations):
                label.show_derivation(None)
                text.setText("")
                continue
            derivation = derivations[at]
            legend = tuple(entry for entry in derivation.legend if entry[0] not in told)
            told.update(entry[0] for entry in legend)
            words = describe_derivation(derivation)
            label.show_derivation(derivation._replace(legend=legend), words)
            text.setText(words)
        self.fit()

    @property
    def words(self) -> list[str]:
        """What is shown, each line in plain text."""
        return [text.text() for text in self.texts if text.text()]

    def fit(self) -> None:
        """Typeset anew in the room there is."""
        for label, text in zip(self.labels, self.texts, strict=True):
            label.fit(self.width())
            label.setVisible(label.sheet is not None)
            text.setVisible(label.sheet is None and bool(text.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()


def describe_derivation(derivation: Derivation) -> str:
    """The same in plain text: letters, then figures and the result where there are any."""
    letters = plain(derivation.tree)
    if not derivation.result:
        return f"{derivation.lead} = {letters}"
    figures = plain(derivation.tree, figures=True)
    parts = [derivation.lead, letters, *([figures] if figures != letters else []), derivation.result]
    return " = ".join(parts)
