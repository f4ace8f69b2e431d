"""Offers the names that an expression may use, while it is typed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit

from visualnet.core.expressions import number_text
from visualnet.core.text.values import name_before


class NameCompleter(QCompleter):
    """A list of names under a field: ``wi`` offers ``width = 32``. Enter, Tab or a click takes the chosen one."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        self.setWidget(field)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._shown = QStringListModel(self)
        self.setModel(self._shown)
        self.popup().setAccessibleName("Names that can stand here")
        self.activated.connect(self._take)

    def offer(self, names: Mapping[str, int | float]) -> None:
        """Show the names that go on from what is typed; nothing where nothing does, or it is all there."""
        word = name_before(self._field.text(), self._field.cursorPosition())
        offered = sorted(n for n in names if word and n.lower().startswith(word.lower()) and n != word)
        if not offered:
            self.popup().hide()
            return
        self._shown.setStringList([f"{n} = {number_text(names[n])}" for n in offered])
        self.complete()
        self.popup().setCurrentIndex(self.completionModel().index(0, 0))

    def popup(self) -> QAbstractItemView:
        popup = super().popup()
        assert popup is not None
        return popup

    def _take(self, text: str) -> None:
        name = text.partition(" = ")[0]
        whole, cursor = self._field.text(), self._field.cursorPosition()
        start = cursor - len(name_before(whole, cursor))
        self._field.setSelection(start, cursor - start)
        self._field.insert(name)
        self._field.textEdited.emit(self._field.text())
