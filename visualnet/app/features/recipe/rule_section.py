"""The rule of an optimizer or a schedule, typeset with the figures of the recipe, folded until somebody asks for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel

from visualnet.app.features.inspector.typeset_label import TypesetLabel
from visualnet.app.forms.form import caption
from visualnet.app.widgets.section import Section
from visualnet.layers.declaration.notation import plain
from visualnet.layers.recipe.technique import Technique, Values

INDENT = 10


class RuleSection(Section):
    """One line for each rule; a letter is explained where it first stands. Below them who published it."""

    def __init__(self, title: str) -> None:
        super().__init__(title, opened=False)
        self.labels: list[TypesetLabel] = []
        self.texts: list[QLabel] = []
        self.paper = caption("")
        self.add(self.paper)

    def show_rule(self, technique: Technique, values: Values) -> None:
        """Show another one, or the same with other figures."""
        derivations = technique.derivations(values)
        while len(self.labels) < len(derivations):
            label, text = TypesetLabel(), caption("")
            label.can_enlarge = False
            self.labels.append(label)
            self.texts.append(text)
            self.body.insertWidget(self.body.count() - 1, label)
            self.body.insertWidget(self.body.count() - 1, text)
        told: set[str] = set()
        for at, (label, text) in enumerate(zip(self.labels, self.texts, strict=True)):
            if at >= len(derivations):
                label.show_derivation(None)
                text.setText("")
                continue
            derivation = derivations[at]
            legend = tuple(entry for entry in derivation.legend if entry[0] not in told)
            told.update(entry[0] for entry in legend)
            words = f"{derivation.lead} = {plain(derivation.tree)}"
            label.show_derivation(derivation._replace(legend=legend), words)
            text.setText(words)
        self.paper.setText(f"{technique.words} {technique.paper}.")
        self.fit()

    def fit(self) -> None:
        """Typeset anew in the room there is; words stand in where it is too little."""
        for label, text in zip(self.labels, self.texts, strict=True):
            label.fit(self.width() - INDENT)
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
