"""Offers the names that an expression may use, while it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from visualnet.core.expressions import number_text

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")


def begun_word(text: str, cursor: int) -> str:
    """The name that is being typed left of the cursor, or ""; one that has letters right of it is not."""
    if text[cursor : cursor + 1].isalnum():
        return ""
    found = _WORD.search(text[:cursor])
    return found.group() if found else ""


class NameCompleter(QCompleter):
    """A list of names under a field: ``wi`` offers ``width = 32``. Enter, Tab or a click takes the chosen one."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        self._names: list[str] = []
        self.setWidget(field)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(QStringListModel(self))
        self.popup().setAccessibleName("Names that can stand here")
        self.activated.connect(self._take)

    def offer(self, names: Mapping[str, int | float]) -> None:
        """Show the names that go on from what is typed; nothing where nothing does, or it is all there."""
        word = begun_word(self._field.text(), self._field.cursorPosition())
        self._names = sorted(n for n in names if word and n.lower().startswith(word.lower()) and n != word)
        if not self._names:
            self.popup().hide()
            return
        model = self.model()
        assert isinstance(model, QStringListModel)
        model.setStringList([f"{n} = {number_text(names[n])}" for n in self._names])
        self.complete()
        self.popup().setCurrentIndex(self.completionModel().index(0, 0))

    def _take(self, text: str) -> None:
        name = text.partition(" = ")[0]
        whole, cursor = self._field.text(), self._field.cursorPosition()
        start = cursor - len(begun_word(whole, cursor))
        self._field.setSelection(start, cursor - start)
        self._field.insert(name)
        self._field.textEdited.emit(self._field.text())
