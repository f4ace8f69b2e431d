"""Named numbers that expressions may use: the project's constants, or the open block's parameters, onto which a field can be dragged."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from visualnet.app.features.inspector.block_parameters import expose_default
from visualnet.app.forms.drag_handle import MIME, carried
from visualnet.app.forms.form import caption, editor_width
from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import button, label
from visualnet.app.widgets.section import Section
from visualnet.core import edits
from visualnet.core.edits import block_parameters
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, About


class NumbersSection(Section):
    """The numbers of the open sheet. ``drops`` says that this one stands beside a node's form, whose fields may be dragged here."""

    def __init__(self, studio: Studio, drops: bool = False) -> None:
        super().__init__("Constants", opened=drops)
        self.studio, self.drops = studio, drops
        self.shown: tuple[object, ...] = ()
        self.fields: dict[str, ValueField] = {}
        self.told: dict[str, Telling] = {}
        self.words = caption("")
        self.add(self.words)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setColumnStretch(0, 1)
        holder = QWidget()
        holder.setLayout(self.grid)
        self.add(holder)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText("new name, such as width")
        self.new_name.setAccessibleName("Name of a new constant")
        self.new_name.returnPressed.connect(self._add)
        row.addWidget(self.new_name, 1)
        row.addWidget(button("Add", icon="plus", done=self._add))
        self.adder = QWidget()
        self.adder.setLayout(row)
        self.add(self.adder)
        self.adder.setVisible(not drops)
        self.mark = label("Drop it here: each use of the block may then set it.", "muted", wrap=True)
        self.mark.setObjectName("dropMark")
        self.mark.hide()
        self.add(self.mark)
        self.setAcceptDrops(True)

    def refresh(self) -> None:
        """Show the numbers; the rows are only made anew when names come or go."""
        project, sheet = self.studio.project, self.studio.sheet
        main = sheet == MAIN
        values = block_parameters.numbers(project, sheet)
        self.set_title("Constants" if main else f"Parameters of {sheet}" if self.drops else "Block parameters")
        self.words.setText(
            "Numbers with a name. Any number of the network may be written with them: 2*width."
            if main
            else "Drag a field's name up or down onto this list to let each use of the block set it; the right button does it too."
            if self.drops
            else "What may differ from use to use of this block. Inside it, any number may be written with them: 2*channels."
        )
        shown = (sheet, *values)
        if shown != self.shown:
            self.shown = shown
            self._rows()
        for name, field in self.fields.items():
            field.set_value(values[name])
            if not main:
                self.told[name].show_about(project.blocks[sheet].about.get(name, About()))

    # --- rows ------------------------------------------------------------------------------------------------------------------------

    def _rows(self) -> None:
        while (item := self.grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.fields, self.told = {}, {}
        for at, name in enumerate(block_parameters.numbers(self.studio.project, self.studio.sheet)):
            field = ValueField(partial(self._problem, name))
            field.setFixedWidth(editor_width() - 32)
            field.setAccessibleName(name)
            field.edited.connect(lambda value, n=name: self._set(n, value))
            field.finished.connect(lambda: self.studio.document.end_merge())
            text = label(name, "mono")
            text.setToolTip(f"{name}: drag sideways to change it, double-click to rename it")
            field.scrub_with(text)
            text.installEventFilter(self)
            text.setProperty("number", name)
            more = QToolButton()
            more.setProperty("kind", "quiet")
            icons.bind(more, "more", "muted")
            more.setToolTip(f"Rename, describe or remove {name}")
            more.setAccessibleName(f"More about {name}")
            more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            more.clicked.connect(
                lambda _=False, n=name, b=more: self.menu_for(n).popup(b.mapToGlobal(b.rect().bottomLeft()))
            )
            for place, widget in enumerate((text, field, more)):
                self.grid.addWidget(widget, 2 * at, place)
            self.fields[name] = field
            if self.studio.sheet != MAIN:
                self.told[name] = Telling(self.studio, self.studio.sheet, name)
                self.grid.addWidget(self.told[name], 2 * at + 1, 0, 1, 3)

    def menu_for(self, name: str) -> QMenu:
        """What can be done with a number. One in use is not just taken away: its value can be put in its place."""
        project, sheet = self.studio.project, self.studio.sheet
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename…", lambda: self.begin_rename(name))
        if sheet != MAIN:
            menu.addAction("Describe and bound…", lambda: self.told[name].open())
        menu.addSeparator()
        found = block_parameters.users(project, sheet, name)
        if not found:
            menu.addAction("Remove", lambda: self._remove(name, False))
            return menu
        used = menu.addAction(f"Used by {block_parameters.told(found)}")
        used.setEnabled(False)
        value = block_parameters.numbers(project, sheet)[name]
        menu.addAction(f"Put {value:g} in its place and remove it", lambda: self._remove(name, True))
        return menu

    def begin_rename(self, name: str) -> QLineEdit:
        """Type another name in the place of the old one: Enter gives it, Esc keeps the old."""
        at = self.grid.getItemPosition(self.grid.indexOf(self.fields[name]))[0]
        edit = QLineEdit(name)
        edit.setProperty("mono", True)
        edit.setAccessibleName(f"New name of {name}")
        edit.setToolTip("Every expression that names it follows. Enter renames, Esc keeps the name.")
        self.grid.addWidget(edit, at, 0)
        edit.installEventFilter(self)
        edit.editingFinished.connect(lambda: self._renamed(name, edit))
        edit.selectAll()
        edit.setFocus()
        return edit

    def _renamed(self, old: str, edit: QLineEdit) -> None:
        new, sheet = edit.text().strip(), self.studio.sheet
        edit.blockSignals(True)
        edit.hide()
        edit.deleteLater()
        if new and new != old:
            self.studio.do(f"Rename {old}", lambda p: block_parameters.rename_number(p, sheet, old, new))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QLabel) and event.type() == QEvent.Type.MouseButtonDblClick:
            assert isinstance(event, QMouseEvent)
            self.begin_rename(watched.property("number"))
            return True
        if isinstance(watched, QLineEdit) and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                watched.blockSignals(True)
                watched.hide()
                watched.deleteLater()
                return True
        return super().eventFilter(watched, event)

    # --- edits -----------------------------------------------------------------------------------------------------------------------

    def _problem(self, name: str, value: Value) -> str:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return "a number"
        block = self.studio.project.blocks.get(self.studio.sheet)
        return block.about[name].fault(value) if block is not None and name in block.about else ""

    def _set(self, name: str, value: Any) -> None:
        sheet = self.studio.sheet
        self.studio.do(
            f"Set {name}",
            lambda p: block_parameters.set_default(p, sheet, name, value),
            merge=f"constant:{sheet}:{name}",
        )

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

    # --- a field dropped here --------------------------------------------------------------------------------------------------------

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
        param = carried(event.mimeData())
        if param and len(self.studio.selection) == 1 and expose_default(self.studio, self.studio.selection[0], param):
            event.acceptProposedAction()


class Telling(QWidget):
    """What a block's parameter means and between which numbers it may lie: a line of words, and its fields when it is edited."""

    def __init__(self, studio: Studio, block: str, name: str) -> None:
        super().__init__()
        self.studio, self.block, self.name = studio, block, name
        self.about = About()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(6)
        self.words = caption("")
        grid.addWidget(self.words, 0, 0, 1, 4)
        self.note = QLineEdit()
        self.note.setPlaceholderText("What it means")
        self.note.setAccessibleName(f"What {name} means")
        self.note.editingFinished.connect(self._noted)
        self.low, self.high = ValueField(_bound_problem, empty=True), ValueField(_bound_problem, empty=True)
        self.names = [label("at least"), label("at most")]
        for field, words, side in ((self.low, "at least", "low"), (self.high, "at most", "high")):
            field.setAccessibleName(f"{name} {words}")
            field.setPlaceholderText("any")
            field.edited.connect(lambda value, s=side: self._put(**{s: value}))
            field.finished.connect(lambda: studio.document.end_merge())
        grid.addWidget(self.note, 1, 0, 1, 4)
        for place, widget in enumerate((self.names[0], self.low, self.names[1], self.high)):
            grid.addWidget(widget, 2, place)
        self._editing(False)

    def open(self) -> None:
        """Show the fields, and begin with the words."""
        self._editing(True)
        self.note.setFocus()

    def _editing(self, on: bool) -> None:
        for widget in (self.note, self.low, self.high, *self.names):
            widget.setVisible(on)

    def show_about(self, about: About) -> None:
        """Show what is told of the parameter."""
        self.about = about
        low, high = about.low, about.high
        bounds = (
            f"{low:,} to {high:,}" if low is not None and high is not None
            else f"at least {low:,}" if low is not None
            else f"at most {high:,}" if high is not None
            else ""
        )  # fmt: skip
        self.words.setText(" ".join(filter(None, (about.note, f"({bounds})" if bounds else ""))))
        self.words.setVisible(bool(self.words.text()))
        if not self.note.hasFocus():
            self.note.setText(about.note)
        for field, value in ((self.low, low), (self.high, high)):
            field.set_value(value)

    def _noted(self) -> None:
        if self.note.text().strip() != self.about.note:
            self._put(note=self.note.text().strip())

    def _put(self, **fields: Any) -> None:
        about, key = replace(self.about, **fields), f"about:{self.block}:{self.name}"
        self.studio.do(
            f"Describe {self.name}", lambda p: block_parameters.set_about(p, self.block, self.name, about), merge=key
        )


def _bound_problem(value: Value) -> str:
    return (
        ""
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        else "a number, or nothing"
    )
