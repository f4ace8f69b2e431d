"""Named numbers that expressions may use: the project's constants, or the open block's parameters, onto which a field can be dragged."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.sections.block_parameters import expose_default
from visualnet.app.features.inspector.sections.section import InspectorSection, value_field
from visualnet.app.features.search.setting_menu import offer_search
from visualnet.app.forms.drag_handle import MIME, dragged_param
from visualnet.app.forms.form import caption
from visualnet.app.forms.rows import editor_width
from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, icon_button, label
from visualnet.app.widgets.layouts import clear, remove, row, widget_of
from visualnet.core import edits
from visualnet.core.edits import block_parameters
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, ParameterDescription
from visualnet.core.validation import is_number

_CONSTANTS = "Numbers with a name. Any number of the network may be written with them: 2*width."
_DRAG = (
    "Drag a field's name up or down onto this list to let each use of the block set it; the right button does it too."
)
_PARAMETERS = (
    "What may differ from use to use of this block. Inside it, any number may be written with them: 2*channels."
)


class ParametersSection(InspectorSection):
    """The numbers of the open sheet. ``drops`` says that this one stands beside a node's form, whose fields may be dragged here."""

    def __init__(self, studio: Studio, drops: bool = False) -> None:
        super().__init__(studio, "Constants", opened=drops)
        self.drops = drops
        self.shown: tuple[object, ...] = ()
        self.fields: dict[str, ValueField] = {}
        self.descriptions: dict[str, ParameterDescriptionForm] = {}
        self.words = caption("")
        rows = QWidget()
        self.grid = QGridLayout(rows)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setColumnStretch(0, 1)
        self.new_name = describe(QLineEdit(placeholderText="new name, such as width"), "Name of a new constant")
        self.new_name.returnPressed.connect(self._add)
        adder = widget_of(row((self.new_name, 1), button("Add", icon="plus", done=self._add)))
        self.mark = label("Drop it here: each use of the block may then set it.", "muted", wrap=True)
        self.mark.setObjectName("dropMark")
        for widget in (self.words, rows, adder, self.mark):
            self.add(widget)
        adder.setVisible(not drops)
        self.mark.hide()
        self.setAcceptDrops(True)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show the numbers; the rows are only made anew when names come or go."""
        project, sheet = self.studio.project, self.studio.sheet
        main = sheet == MAIN
        if self.drops:
            self.setVisible(selected.node is not None and not main)
            if self.isHidden():
                return
        values = block_parameters.numbers(project, sheet)
        self.set_title("Constants" if main else f"Parameters of {sheet}" if self.drops else "Block parameters")
        self.words.setText(_CONSTANTS if main else _DRAG if self.drops else _PARAMETERS)
        if (sheet, *values) != self.shown:
            self.shown = (sheet, *values)
            clear(self.grid)
            self.fields, self.descriptions = {}, {}
            for at, name in enumerate(values):
                self._add_row(2 * at, name)
        for name, field in self.fields.items():
            field.set_value(values[name])
            if not main:
                self.descriptions[name].show_about(project.blocks[sheet].about.get(name, ParameterDescription()))

    def _add_row(self, at: int, name: str) -> None:
        field = describe(value_field(self.studio, partial(self._fault, name), partial(self._set, name)), name)
        field.setFixedWidth(editor_width() - 32)
        text = label(name, "mono")
        text.setToolTip(f"{name}: drag sideways to change it, double-click to rename it")
        field.scrub_with(text)
        text.installEventFilter(self)
        text.setProperty("number", name)
        more = icon_button(
            "more", f"More about {name}", f"Rename, describe or remove {name}", lambda: self._open_menu(name, more)
        )
        more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for place, widget in enumerate((text, field, more)):
            self.grid.addWidget(widget, at, place)
        self.fields[name] = field
        if self.studio.sheet != MAIN:
            self.descriptions[name] = ParameterDescriptionForm(self.studio, self.studio.sheet, name)
            self.grid.addWidget(self.descriptions[name], at + 1, 0, 1, 3)

    def _open_menu(self, name: str, below: QToolButton) -> None:
        self.menu_for(name).popup(below.mapToGlobal(below.rect().bottomLeft()))

    def menu_for(self, name: str) -> QMenu:
        """What can be done with a number. One in use is not just taken away: its value can be put in its place."""
        project, sheet = self.studio.project, self.studio.sheet
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename…", lambda: self.begin_rename(name))
        if sheet != MAIN:
            menu.addAction("Describe and bound…", lambda: self.descriptions[name].open())
        offer_search(self.studio, menu, f"constant.{name}" if sheet == MAIN else f"block.{sheet}.{name}")
        menu.addSeparator()
        users = block_parameters.users(project, sheet, name)
        if users:
            menu.addAction(f"Used by {block_parameters.quote_names(users)}").setEnabled(False)
            value = block_parameters.numbers(project, sheet)[name]
            menu.addAction(f"Put {value:g} in its place and remove it", lambda: self._remove(name, True))
        else:
            menu.addAction("Remove", lambda: self._remove(name, False))
        return menu

    def begin_rename(self, name: str) -> None:
        """Type another name in the place of the old one: Enter gives it, Esc keeps the old."""
        edit = describe(
            QLineEdit(name),
            f"New name of {name}",
            "Every expression that names it follows. Enter renames, Esc keeps the name.",
        )
        edit.setProperty("mono", True)
        self.grid.addWidget(edit, 2 * list(self.fields).index(name), 0)
        edit.installEventFilter(self)
        edit.editingFinished.connect(lambda: self._rename(name, edit))
        edit.selectAll()
        edit.setFocus()

    def _rename(self, old: str, edit: QLineEdit) -> None:
        new, sheet = edit.text().strip(), self.studio.sheet
        edit.blockSignals(True)
        remove(edit)
        if new and new != old:
            self.studio.do(f"Rename {old}", lambda p: block_parameters.rename_number(p, sheet, old, new))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QLabel) and event.type() == QEvent.Type.MouseButtonDblClick:
            self.begin_rename(watched.property("number"))
            return True
        pressed = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if isinstance(watched, QLineEdit) and pressed == Qt.Key.Key_Escape:
            watched.blockSignals(True)
            remove(watched)
            return True
        return super().eventFilter(watched, event)

    def _fault(self, name: str, value: Value) -> str:
        if not is_number(value):
            return "a number"
        block = self.studio.project.blocks.get(self.studio.sheet)
        return block.about[name].fault(value) if block is not None and name in block.about else ""

    def _set(self, name: str, value: Any) -> None:
        sheet, key = self.studio.sheet, f"constant:{self.studio.sheet}:{name}"
        self.studio.do(f"Set {name}", lambda p: block_parameters.set_default(p, sheet, name, value), merge=key)

    def _remove(self, name: str, substitute: bool) -> None:
        sheet = self.studio.sheet
        self.studio.do(f"Remove {name}", lambda p: block_parameters.remove_number(p, sheet, name, substitute))

    def _add(self) -> None:
        name, sheet = self.new_name.text().strip(), self.studio.sheet
        values = dict(block_parameters.numbers(self.studio.project, sheet))
        if not name.isidentifier() or name in values:
            self.studio.message.emit("error", "A new name is wanted, of letters, digits and _, such as width.")
            return
        put = edits.set_constants if sheet == MAIN else lambda p, v: edits.set_block_params(p, sheet, v)
        if self.studio.do(f"Add {name}", lambda p: put(p, {**values, name: 1})):
            self.new_name.clear()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.studio.sheet != MAIN and event.mimeData().hasFormat(MIME):
            self.mark.show()
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.mark.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.mark.hide()
        param = dragged_param(event.mimeData())
        if param and len(self.studio.selection) == 1 and expose_default(self.studio, self.studio.selection[0], param):
            event.acceptProposedAction()


class ParameterDescriptionForm(QWidget):
    """What a block's parameter means and between which numbers it may lie: a line of words, and its fields when it is edited."""

    def __init__(self, studio: Studio, block: str, name: str) -> None:
        super().__init__()
        self.studio, self.block, self.name = studio, block, name
        self.about = ParameterDescription()
        self.words = caption("")
        self.note = describe(QLineEdit(placeholderText="What it means"), f"What {name} means")
        self.note.editingFinished.connect(self._set_note)
        self.low = value_field(studio, _fault_in_bound, lambda value: self._put(low=value), empty=True)
        self.high = value_field(studio, _fault_in_bound, lambda value: self._put(high=value), empty=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(6)
        grid.addWidget(self.words, 0, 0, 1, 4)
        grid.addWidget(self.note, 1, 0, 1, 4)
        self._editors: list[QWidget] = [self.note]
        for at, (field, words) in enumerate(((self.low, "at least"), (self.high, "at most"))):
            describe(field, f"{name} {words}").setPlaceholderText("any")
            pair = (label(words), field)
            for place, widget in enumerate(pair):
                grid.addWidget(widget, 2, 2 * at + place)
            self._editors += pair
        self._show_editors(False)

    def open(self) -> None:
        """Show the fields, and begin with the words."""
        self._show_editors(True)
        self.note.setFocus()

    def _show_editors(self, shown: bool) -> None:
        for widget in self._editors:
            widget.setVisible(shown)

    def show_about(self, about: ParameterDescription) -> None:
        """Show what is known of the parameter."""
        self.about = about
        self.words.setText(" ".join(filter(None, (about.note, f"({about.bounds})" if about.bounds else ""))))
        self.words.setVisible(bool(self.words.text()))
        if not self.note.hasFocus():
            self.note.setText(about.note)
        self.low.set_value(about.low)
        self.high.set_value(about.high)

    def _set_note(self) -> None:
        if self.note.text().strip() != self.about.note:
            self._put(note=self.note.text().strip())

    def _put(self, **fields: Any) -> None:
        about, key = replace(self.about, **fields), f"about:{self.block}:{self.name}"
        self.studio.do(
            f"Describe {self.name}", lambda p: block_parameters.set_about(p, self.block, self.name, about), merge=key
        )


def _fault_in_bound(value: Value) -> str:
    return "" if value is None or is_number(value) else "a number, or nothing"
