"""A form made from declared parameters: one row each, the rarer ones folded under “More”."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QMenu, QWidget

from visualnet.app.forms.drag_handle import FieldDrag
from visualnet.app.forms.rows import FieldRow, FormRow, ValueRow, editor_width, row_for
from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import MONO
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.layouts import row as row_of
from visualnet.app.widgets.section import Section
from visualnet.core.expressions import Scope
from visualnet.core.graph import Value
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import visible
from visualnet.layers.declaration.params import Param
from visualnet.layers.param_words import needs_code, param_words


class Form(QWidget):
    """Rows for declared parameters. ``changed`` tells the parameter's name and its new raw value; ``finished`` ends one spin or drag."""

    changed = Signal(str, object)
    finished = Signal()
    left = Signal()
    """Return or Escape has ended the work in a row."""
    discarded = Signal(str)
    """Words about what was typed, could not be read, and is shown no longer."""

    def __init__(
        self,
        params: Sequence[Param],
        row_menu: Callable[[str, QMenu], None] | None = None,
        beside: Mapping[str, QWidget] | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """``row_menu`` fills the menu of a parameter's row; ``beside`` has what stands beside the names of some, ``notes`` what is
        said below them."""
        super().__init__()
        self._beside, self._notes = beside or {}, notes or {}
        self.rows: dict[str, FormRow] = {}
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
            at = 4 * number
            if param.name in self._beside:
                grid.addLayout(row_of((name, 1), self._beside[param.name], spacing=2), at, 0)
            else:
                grid.addWidget(name, at, 0)
            if row.wide:
                grid.addWidget(row, at + 1, 0, 1, 2)
            else:
                row.setFixedWidth(editor_width())
                grid.addWidget(row, at, 1)
            grid.addWidget(words, at + 2, 0, 1, 2)
            if param.name in self._notes:
                grid.addWidget(caption(self._notes[param.name]), at + 3, 0, 1, 2)
            self.words[param.name] = words
            self.rows[param.name] = row
        return grid

    def _connect(self, param: str, row: FormRow, name: QLabel, words: QLabel) -> None:
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
        row.left.connect(self.left.emit)
        row.discarded.connect(lambda text: self.discarded.emit(describe_discarded(text, param)))
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

    def forbid(self, missing: Mapping[str, Mapping[Value, str]]) -> None:
        """Let these values of parameters not be chosen, and say why; all others can be."""
        for name, row in self.rows.items():
            row.forbid(missing.get(name, {}))

    def discard(self) -> None:
        """Take away what was typed and cannot be read, for the rows are about something else from now on."""
        for row in self.rows.values():
            row.discard()

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
        row.setFocus(Qt.FocusReason.ShortcutFocusReason)  # what stands there is selected, to be typed over


def describe_discarded(text: str, name: str) -> str:
    """Words about what was typed and is lost."""
    return f"“{text}” is no value for {name}: it was not taken over."


def return_keyboard(part: Form | ValueField, studio: Studio, name: str = "") -> None:
    """Give the keyboard back to the canvas when the work in this form or field has ended, and say what of it was not taken over."""

    def leave() -> None:
        studio.shell.focus_canvas()

    part.left.connect(leave)
    studio.document_changed.connect(part.discard)
    part.discarded.connect(lambda text: studio.message.emit("hint", describe_discarded(text, name) if name else text))


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
