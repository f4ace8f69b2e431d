"""The rule of an optimizer or a schedule, typeset with the figures of the recipe, folded until somebody asks for it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from visualnet.app.features.inspector.derivation_stack import DerivationStack
from visualnet.app.features.inspector.typeset_label import TypesetLabel
from visualnet.app.forms.form import caption
from visualnet.app.widgets.section import Section
from visualnet.layers.recipe.technique import Technique, Values


class RuleSection(Section):
    """One line for each rule; a letter is explained where it first stands. Below them who published it."""

    def __init__(self, title: str) -> None:
        super().__init__(title, opened=False)
        self.stack = DerivationStack()
        self.paper = caption("")
        self.add(self.stack)
        self.add(self.paper)

    @property
    def labels(self) -> list[TypesetLabel]:
        """The typeset lines."""
        return self.stack.labels

    @property
    def texts(self) -> list[QLabel]:
        """The same lines in plain text."""
        return self.stack.texts

    def show_rule(self, technique: Technique, values: Values) -> None:
        """Show another one, or the same with other figures."""
        self.stack.show_derivations(technique.derivations(values))
        self.paper.setText(f"{technique.words} {technique.paper}.")

    def fit(self) -> None:
        """Typeset anew in the room there is."""
        self.stack.fit()
