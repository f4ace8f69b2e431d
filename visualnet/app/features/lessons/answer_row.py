"""The answers to the question of a step: buttons, and under them what is said of the one that was chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from visualnet.app.widgets.basic import button, label, restyle
from visualnet.app.widgets.layouts import FlowLayout, column
from visualnet.templates.lesson_checks import Answered

GAP = 8


class AnswerRow(QWidget):
    """Hidden where nothing is asked. ``choose`` is told which answer was pressed, counted from 0."""

    def __init__(self, choose: Callable[[int], None]) -> None:
        super().__init__()
        self._choose = choose
        self._question: Answered | None = None
        self.buttons: list[QPushButton] = []
        self._row = QWidget()
        self._flow = FlowLayout(self._row, GAP)
        self.why = label("", "ok", wrap=True)
        column(self._row, self.why, spacing=6, margins=(0, 4, 0, 2), parent=self)

    def show_question(self, question: Answered | None, chosen: int = -1) -> None:
        """Offer the answers to another question; ``chosen`` is the one that was chosen before, -1 if none was."""
        for old in self.buttons:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._question = question
        texts = [answer.words for answer in question.answers] if question is not None else []
        self.buttons = [button(words, done=lambda at=at: self._choose(at)) for at, words in enumerate(texts)]  # type: ignore[misc]
        for one in self.buttons:
            self._flow.addWidget(one)
        self.setVisible(bool(texts))
        self.show_choice(chosen)

    def show_choice(self, chosen: int) -> None:
        """Mark the answer that was chosen, and say why it is right or not."""
        question = self._question
        if question is None or chosen < 0:
            self.why.hide()
            return
        right = chosen == question.right
        for at, one in enumerate(self.buttons):
            restyle(one, kind=("primary" if right else "danger") if at == chosen else "")
        self.why.setText(question.answers[chosen].why)
        restyle(self.why, role="ok" if right else "warning")
        self.why.show()
