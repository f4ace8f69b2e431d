"""A form made from declared parameters: one row each, the rarer ones folded under “More”."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QMenu, QWidget

from visualnet.app.forms.drag_handle import FieldDrag
from visualnet.app.forms.value_field import ValueField
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import MONO
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.section import Section
from visualnet.core.expressions import Scope
from visualnet.core.graph import Value
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.visible import visible
from visualnet.layers.declaration.params import Bool, Choice, Field, Float, Floats, Int, Ints, Param, Text
from visualnet.layers.param_words import needs_code, param_words

EDITOR_WIDTH = 132
"""The room for a value, where text has its normal size."""


def editor_width() -> int:
    """The room for a value: larger text gets more, but leaves some to the names beside it."""
    return round(EDITOR_WIDTH * (1 + (fonts.factor() - 1) / 2))


class Row(QWidget):
    """Base of the editors: shows a raw value, and tells of another one. ``live`` edits are still going on."""

    edited = Signal(object)
    finished = Signal()
    marked = Signal(str)
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

    def problem_of(self, raw: Value, scope: Scope) -> str:
        """What is wrong with a value, in words."""
        try:
            self.param.read(raw, scope)
        except ValueError as error:
            return str(error)
        return ""

    def _edit_once(self, value: Value) -> None:
        """Tell of a value that is chosen at one stroke."""
        self.edited.emit(value)
        self.finished.emit()

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        """Show a raw value; ``problem`` marks it."""
        raise NotImplementedError

    def show_mixed(self, scope: Scope) -> None:
        """Show that several nodes differ here."""
        raise NotImplementedError


class ValueRow(Row):
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
        self.words: Mapping[str, str] = getattr(param, "words", {})
        tip = "\n".join([param.doc, *(f"{word}: {meaning}" for word, meaning in self.words.items())])
        self.field.set_tip(f"{tip}\n↑ ↓ change it; drag its name sideways; arithmetic such as 2*16 is understood.")

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        self.scope = scope
        self.field.set_value(raw, self.none)
        self.field.set_suffix(self._resolved(raw) or self.param.unit)
        if problem:
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


class TextRow(Row):
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
            self.edited.emit(text)
        self.finished.emit()

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        if str(raw) != self._value or not (self.line.hasFocus() and self.line.isModified()):
            self._value = str(raw)
            self.line.setText(self._value)
            self.line.setCursorPosition(0)
            self.marked.emit(problem)

    def show_mixed(self, scope: Scope) -> None:
        self._value = ""
        self.line.setText("")
        self.line.setPlaceholderText("differ")


class FlagRow(Row):
    """Yes or no."""

    def __init__(self, param: Param) -> None:
        self.check = QCheckBox()
        super().__init__(param, self.check, Qt.AlignmentFlag.AlignRight)
        self.check.clicked.connect(self._edit_once)

    def show_value(self, raw: Value, scope: Scope, problem: str = "") -> None:
        self.check.setTristate(False)
        self.check.setChecked(bool(raw))
        self.marked.emit(problem)

    def show_mixed(self, scope: Scope) -> None:
        self.check.setCheckState(Qt.CheckState.PartiallyChecked)


class _Combo(QComboBox):
    """Leaves the wheel to the panel: scrolling must never change a choice on its way."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceRow(Row):
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


ROWS: Mapping[type[Param], Callable[[Any], Row]] = {
    Int: ValueRow,
    Float: ValueRow,
    Ints: ValueRow,
    Floats: ValueRow,
    Bool: FlagRow,
    Choice: ChoiceRow,
    Field: FieldRow,
    Text: TextRow,
}


def row_for(param: Param) -> Row:
    """The editor for a parameter, by its type."""
    return next(ROWS[kind] for kind in type(param).__mro__ if kind in ROWS)(param)


class Form(QWidget):
    """Rows for declared parameters. ``changed`` tells the parameter's name and its new raw value; ``finished`` ends one spin or drag."""

    changed = Signal(str, object)
    finished = Signal()

    def __init__(self, params: Sequence[Param], row_menu: Callable[[str, QMenu], None] | None = None) -> None:
        """``row_menu`` fills the menu of a parameter's row."""
        super().__init__()
        self.rows: dict[str, Row] = {}
        self.words: dict[str, QLabel] = {}
        self._row_menu = row_menu
        rows = column(self._grid([p for p in params if not p.more]), spacing=4, parent=self)
        self.more: Section | None = None
        if any(p.more for p in params):
            self.more = Section("More", opened=False)
            inner = QWidget()
            inner.setLayout(self._grid([p for p in params if p.more]))
            self.more.add(inner)
            rows.addWidget(self.more)

    def _grid(self, params: Sequence[Param]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for number, param in enumerate(params):
            row = row_for(param)
            name = param_label(param)
            name.setBuddy(row)
            # What is wrong stands in words under the field; a red frame alone tells nobody what to do.
            words = label("", "error", wrap=True)
            words.hide()
            self._connect(param.name, row, name, words)
            at = 3 * number
            grid.addWidget(name, at, 0)
            if row.wide:
                grid.addWidget(row, at + 1, 0, 1, 2)
            else:
                row.setFixedWidth(editor_width())
                grid.addWidget(row, at, 1)
            grid.addWidget(words, at + 2, 0, 1, 2)
            self.words[param.name] = words
            self.rows[param.name] = row
        return grid

    def _connect(self, param: str, row: Row, name: QLabel, words: QLabel) -> None:
        if isinstance(row, ValueRow):
            row.field.scrub_with(name)
        FieldDrag(name, param)  # after scrubbing, whose events it sees first
        for widget in (name, row.field if isinstance(row, ValueRow) else row):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            widget.customContextMenuRequested.connect(
                lambda at, w=widget: self.menu_for(param, w).popup(w.mapToGlobal(at))
            )
        row.edited.connect(lambda value: self.changed.emit(param, value))
        row.finished.connect(self.finished.emit)
        row.marked.connect(lambda reason: _show_reason(words, reason))

    def menu_for(self, name: str, widget: QWidget) -> QMenu:
        """The menu of a parameter's row: its own entries, below those of the field that it was asked for."""
        menu = widget.createStandardContextMenu() if isinstance(widget, QLineEdit) else QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not menu.isEmpty():
            menu.addSeparator()
        if self._row_menu is not None:
            self._row_menu(name, menu)
        return menu

    def show_values(
        self,
        values: Mapping[str, Value],
        scope: Scope,
        problems: Mapping[str, str] | None = None,
        mixed: Collection[str] = (),
    ) -> None:
        """Show raw values; parameters without one show their default. ``mixed`` ones differ among several nodes."""
        for name, row in self.rows.items():
            if name in mixed:
                row.show_mixed(scope)
                continue
            raw = values.get(name, row.param.default)
            row.show_value(raw, scope, (problems or {}).get(name, ""))

    def offer_fields(self, fields: Mapping[str, str]) -> None:
        """The data set's fields, with their sizes."""
        for row in self.rows.values():
            if isinstance(row, FieldRow):
                row.set_options(fields)

    def point_at(self, name: str) -> None:
        """Give the focus to a parameter's editor, unfolding “More” if it is there."""
        row = self.rows.get(name)
        if row is None:
            return
        if row.param.more and self.more is not None:
            self.more.set_opened(True)
        row.setFocus()


def param_label(param: Param) -> QLabel:
    """A parameter in words; where PyTorch calls it otherwise, its name as code behind them, or below where there is no room."""
    words, small = param_words(param).replace(" ", "\u00a0"), fonts.px(10.5)
    code = f'<span style="font-family:{MONO}; font-size:{small}px">{html.escape(visible(param.name))}</span>'
    text = html.escape(visible(words))
    made = label(f"{text} <wbr>{code}" if needs_code(param) else words, wrap=True)
    made.setTextFormat(Qt.TextFormat.RichText if needs_code(param) else Qt.TextFormat.PlainText)
    made.setToolTip(f"{param.doc}\n{param.name} in PyTorch and in the file" if needs_code(param) else param.doc)
    return made


def caption(text: str) -> QLabel:
    """A muted line of words that wraps."""
    return label(text, "muted", wrap=True)


def _show_reason(words: QLabel, reason: str) -> None:
    """Show why a value is wrong, as a sentence; or nothing."""
    words.setText(capitalize_first(reason))
    words.setVisible(bool(reason))
