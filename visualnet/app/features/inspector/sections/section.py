"""What the parts of the inspector have in common: what they are about, and the editors they are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.forms.form import return_keyboard
from visualnet.app.forms.rows import editor_width
from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import row
from visualnet.app.widgets.section import Section
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.text.format import capitalize_first


class InspectorSection(Section):
    """A part of the inspector that collapses, about the selected nodes or the project."""

    def __init__(self, studio: Studio, title: str, *, opened: bool = True) -> None:
        super().__init__(title, opened=opened)
        self.studio = studio

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show what is selected, as it is now."""
        raise NotImplementedError


def set_nodes(studio: Studio, ids: Sequence[str], text: str, merge: str = "", **fields: Any) -> None:
    """Set fields of nodes of the open sheet, as one undo step; those with the same ``merge`` become one."""
    sheet, chosen = studio.sheet, list(ids)
    key = f"{merge}:{sheet}:{','.join(chosen)}" if merge else ""
    studio.do(text, lambda p: edits.set_node(p, sheet, chosen, **fields), merge=key)


def value_field(
    studio: Studio, check: Callable[[Value], str], edited: Callable[[Any], None], tip: str = "", *, empty: bool = False
) -> ValueField:
    """A field for one value of the project. All that is typed into it before it is left is one undo step."""
    field = ValueField(check, empty=empty)
    field.set_tip(tip)
    field.edited.connect(edited)
    field.finished.connect(lambda: studio.document.end_merge())
    return_keyboard(field, studio, "this field")
    return field


def choice_box(choices: Iterable[tuple[str, Any, str]], tip: str, chosen: Callable[[int], object]) -> QComboBox:
    """A box of choices, each with its text, its value and its tip; ``chosen`` gets the place of the one that a person takes."""
    box = QComboBox()
    for text, value, meaning in choices:
        box.addItem(text, value)
        box.setItemData(box.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
    box.setToolTip(tip)
    box.activated.connect(chosen)
    return box


class EditorGrid(QWidget):
    """Editors below one another, each with its name before it."""

    def __init__(self, editors: Mapping[str, QWidget], wide: Collection[str] = ()) -> None:
        """``wide`` ones get all the room beside their name: what can be chosen there has long names."""
        super().__init__()
        self.rows: dict[str, tuple[QLabel, QWidget]] = {}
        self._wide = frozenset(wide)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for at, (name, editor) in enumerate(editors.items()):
            self.rows[name] = label(capitalize_first(name)), describe(editor, capitalize_first(name))
            if name in wide:
                grid.addLayout(row(self.rows[name][0], (editor, 1), spacing=16), at, 0, 1, 2)
                continue
            grid.addWidget(self.rows[name][0], at, 0)
            if isinstance(editor, QCheckBox):
                grid.addWidget(editor, at, 1, Qt.AlignmentFlag.AlignRight)
            else:
                editor.setFixedWidth(editor_width())
                grid.addWidget(editor, at, 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for name, (_, editor) in self.rows.items():
                if name not in self._wide and not isinstance(editor, QCheckBox):
                    editor.setFixedWidth(editor_width())

    def show_rows(self, shown: Mapping[str, bool]) -> None:
        """Show or hide rows by name."""
        for name, visible in shown.items():
            for widget in self.rows[name]:
                widget.setVisible(visible)
