"""The editors of a form: a row for each type of parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.deferred_refresh import refresh_between_events
from visualnet.app.theme import fonts
from visualnet.app.widgets.layouts import column
from visualnet.core.expressions import Scope
from visualnet.core.graph import Value
from visualnet.layers.declaration.params import Bool, Choice, Field, Float, Floats, Int, Ints, Param, Text

EDITOR_WIDTH = 132
"""The room for a value, where text has its normal size."""


def editor_width() -> int:
    """The room for a value: larger text gets more, but leaves some to the names beside it."""
    return round(EDITOR_WIDTH * (1 + (fonts.factor() - 1) / 2))


class FormRow(QWidget):
    """Base of the editors: shows a raw value, and tells of another one. ``live`` edits are still going on."""

    edited = Signal(object)
    finished = Signal()
    marked = Signal(str)
    left = Signal()
    """Return or Escape has ended the work in the row."""
    discarded = Signal(str)
    """What was typed, could not be read, and is shown no longer."""
    wide = False
    """Whether it stands below its name, in the whole width."""

    def __init__(self, param: Param, editor: QWidget, alignment: Qt.AlignmentFlag | None = None) -> None:
        super().__init__()
        self.param = param
        editor.setAccessibleName(param.name)
        editor.setToolTip(param.doc)
        self.setFocusProxy(editor)
        column((editor, 0, alignment) if alignment else editor, parent=self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and not self.wide:
            self.setFixedWidth(editor_width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What comes here the editor had no use for: an open list takes both keys itself.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.leave(restore=event.key() == Qt.Key.Key_Escape)
        else:
            super().keyPressEvent(event)

    def leave(self, restore: bool) -> None:
        """End the work here; ``restore`` brings back what stood here before."""
        self.left.emit()

    def discard(self) -> None:
        """Take away what was typed and cannot be read: something else is shown now."""

    def forbid(self, values: Mapping[Value, str]) -> None:
        """Let these not be chosen, and say why; what was chosen before can be taken back."""

    def problem_of(self, raw: Value, scope: Scope) -> str:
        """What is wrong with a value, in words."""
        try:
            self.param.read(raw, scope)
        except ValueError as error:
            return str(error)
        return ""

    def _edit_once(self, value: Value) -> None:
        """Tell of a value that is chosen at one stroke."""
        with refresh_between_events():
            self.edited.emit(value)
        self.finished.emit()

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        """Show a raw value; ``problem`` marks it."""
        raise NotImplementedError

    def show_mixed(self, scope: Scope) -> None:
        """Show that several nodes differ here."""
        raise NotImplementedError


class ValueRow(FormRow):
    """Numbers, several numbers, words, expressions."""

    def __init__(self, param: Param) -> None:
        self.scope: Scope = {}
        self.none: str = getattr(param, "none", "")
        self.field = ValueField(
            lambda raw: self.problem_of(raw, self.scope),
            several=isinstance(param, Ints | Floats),
            unit=param.unit,
            empty=bool(self.none),
            names=lambda: self.scope,
        )
        super().__init__(param, self.field)
        self.field.setPlaceholderText(self.none)
        self.field.edited.connect(self.edited.emit)
        self.field.finished.connect(self.finished.emit)
        self.field.marked.connect(self.marked.emit)
        self.field.left.connect(self.left.emit)
        self.field.discarded.connect(self.discarded.emit)
        self.words: Mapping[str, str] = getattr(param, "words", {})
        tip = "\n".join([param.doc, *(f"{word}: {meaning}" for word, meaning in self.words.items())])
        self.field.set_tip(f"{tip}\n↑ ↓ change it; drag its name sideways; arithmetic such as 2*16 is understood.")

    def discard(self) -> None:
        self.field.discard()

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        self.scope = scope
        self.field.set_value(raw, self.none)
        self.field.set_suffix(self._resolved(raw) or self.param.unit)
        if problem and not self.field.unreadable:
            self.field.set_problem(problem)

    def show_mixed(self, scope: Scope) -> None:
        self.scope = scope
        self.field.show_mixed()
        self.field.set_suffix(self.param.unit)

    def _resolved(self, raw: Value) -> str:
        """What an expression comes to."""
        parts = raw if isinstance(raw, tuple) else (raw,)
        if not any(isinstance(p, str) and p not in self.words for p in parts) or self.problem_of(raw, self.scope):
            return ""
        return f"= {self.param.short(self.param.read(raw, self.scope))}"


class TextRow(FormRow):
    """A line in a small language; it has the whole width. Enter, or leaving the field, takes it over once it can be read."""

    wide = True

    def __init__(self, param: Param) -> None:
        self.line = QLineEdit()
        super().__init__(param, self.line)
        self.line.setAcceptDrops(False)
        self.line.setProperty("mono", True)
        self.line.textEdited.connect(lambda text: self.marked.emit(self.problem_of(text, {})))
        self.line.editingFinished.connect(self._finish)
        self._value = ""

    def _finish(self) -> None:
        text = self.line.text()
        if text != self._value and not self.problem_of(text, {}):
            self._value = text
            with refresh_between_events():
                self.edited.emit(text)
        self.finished.emit()

    @property
    def unreadable(self) -> bool:
        """Whether something stands here that was typed and is no value."""
        return self.line.isModified() and bool(self.problem_of(self.line.text(), {}))

    def leave(self, restore: bool) -> None:
        if restore:
            self._put(self._value)
        elif self.unreadable:
            return
        self.left.emit()

    def discard(self) -> None:
        if self.unreadable:
            text = self.line.text()
            self._put(self._value)
            self.discarded.emit(text)

    def _put(self, text: str) -> None:
        self.line.setText(text)
        self.marked.emit("")

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        typed = self.line.isModified() and (self.line.hasFocus() or self.unreadable)
        if str(raw) != self._value or not typed:
            self.discard()
            self._value = str(raw)
            self.line.setText(self._value)
            self.line.setCursorPosition(0)
            self.marked.emit(problem)

    def show_mixed(self, scope: Scope) -> None:
        self._value = ""
        self.line.setText("")
        self.line.setPlaceholderText("differ")


class FlagRow(FormRow):
    """Yes or no."""

    def __init__(self, param: Param) -> None:
        self.check = QCheckBox()
        super().__init__(param, self.check, Qt.AlignmentFlag.AlignRight)
        self._why_not = ""
        self.check.clicked.connect(self._edit_once)

    def forbid(self, values: Mapping[Value, str]) -> None:
        self._why_not = values.get(True, "")
        self.check.setToolTip(f"Not here: {self._why_not}" if self._why_not else self.param.doc)
        self.check.setEnabled(not self._why_not or self.check.isChecked())

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        self.check.setTristate(False)
        self.check.setChecked(bool(raw))
        self.check.setEnabled(not self._why_not or bool(raw))
        self.marked.emit(problem)

    def show_mixed(self, scope: Scope) -> None:
        self.check.setCheckState(Qt.CheckState.PartiallyChecked)


class _Combo(QComboBox):
    """Leaves the wheel to the panel: scrolling must never change a choice on its way."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceRow(FormRow):
    """One of a few words, each explained in its tooltip."""

    def __init__(self, param: Param, options: Mapping[str, str] | None = None) -> None:
        self.combo = _Combo()
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        super().__init__(param, self.combo)
        self.set_options(options if options is not None else getattr(param, "options", {}))
        self.combo.textActivated.connect(self._edit_once)

    def set_options(self, options: Mapping[str, str]) -> None:
        """Offer these words."""
        if [self.combo.itemText(i) for i in range(self.combo.count())] == list(options):
            return
        self.combo.clear()
        for word, meaning in options.items():
            self.combo.addItem(word)
            self.combo.setItemData(self.combo.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)

    def forbid(self, values: Mapping[Value, str]) -> None:
        model = self.combo.model()
        assert isinstance(model, QStandardItemModel)
        options: Mapping[str, str] = getattr(self.param, "options", {})
        for at in range(model.rowCount()):
            word = self.combo.itemText(at)
            model.item(at).setEnabled(word not in values)
            tip = f"Not here: {values[word]}" if word in values else options.get(word, "")
            self.combo.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        at = self.combo.findText(str(raw))
        if at < 0:
            self.combo.addItem(str(raw))
            at = self.combo.count() - 1
        self.combo.setCurrentIndex(at)
        self.combo.setToolTip(problem or self.param.doc)
        self.marked.emit(problem)

    def show_mixed(self, scope: Scope) -> None:
        self.combo.setCurrentIndex(-1)


class FieldRow(ChoiceRow):
    """A field of the data set."""

    def __init__(self, param: Param) -> None:
        super().__init__(param, {})


ROWS: Mapping[type[Param], Callable[[Any], FormRow]] = {
    Int: ValueRow,
    Float: ValueRow,
    Ints: ValueRow,
    Floats: ValueRow,
    Bool: FlagRow,
    Choice: ChoiceRow,
    Field: FieldRow,
    Text: TextRow,
}


def row_for(param: Param) -> FormRow:
    """The editor for a parameter, by its type."""
    return next(ROWS[kind] for kind in type(param).__mro__ if kind in ROWS)(param)
