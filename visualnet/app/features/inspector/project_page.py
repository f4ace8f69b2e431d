"""The inspector's page when nothing is selected: the open block, the project's name and note, its totals, data and constants."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from visualnet.analysis.cost.tables import statistics_rows, total_rows
from visualnet.analysis.selected import NOTHING, Selected
from visualnet.app.features.inspector.sections.cost_section import NetworkCosts
from visualnet.app.features.inspector.sections.parameters_section import ParametersSection
from visualnet.app.features.inspector.sections.section import EditorGrid, InspectorSection, choice_box, value_field
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue, button, describe, restyle
from visualnet.app.widgets.layouts import column
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, DataChoice, Project
from visualnet.data.registry import DATASETS, describe_missing, find_kind
from visualnet.data.split import SPLITS, parse_shares
from visualnet.layers.declaration.params import Float, Int, Ints
from visualnet.templates.small_versions import OPEN_SMALL, SMALL_TIP, small_version
from visualnet.training.recipe_params import follow_data


def choose_data(studio: Studio, choice: DataChoice) -> bool:
    """Learn from these data, by a recipe that suits them where nobody has set it; True if something changed."""
    recipe = follow_data(studio.project.recipe, studio.project.data.name, choice.name)

    def edit(project: Project) -> Project:
        return edits.set_recipe(edits.choose_data(project, choice), **recipe)

    done = studio.do("Choose the data", edit)
    if done and recipe:
        values = ", ".join(f"{field.replace('_', ' ')} {value:g}" for field, value in recipe.items())
        studio.message.emit("hint", f"Nobody has set the recipe yet, so it suits these data: {values}.")
    return done


class ProjectPage(QWidget):
    """Everything that belongs to the project rather than to one node."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        tip = "The project's name; the exported class is called after it."
        self.name = describe(QLineEdit(), "Project name", tip)
        self.name.setProperty("role", "heading")
        self.name.editingFinished.connect(self._rename)
        self.note = describe(QPlainTextEdit(tabChangesFocus=True), "Notes")
        self.note.setPlaceholderText("Notes: what this network is for, what was tried")
        self.note.setFixedHeight(104)
        self.note.setAcceptDrops(False)
        self.note.textChanged.connect(self._set_note)
        self.totals, self.statistics = KeyValue(), KeyValue()
        self.costs, self.data = NetworkCosts(studio), DataSection(studio)
        self.constants = ParametersSection(studio)
        hint = caption("Select a node to see its parameters and formulas.")
        parts = (self.name, self.note, self.totals, self.statistics, self.costs, self.data, self.constants, hint)
        column(*parts, spacing=8, parent=self)

    def refresh(self) -> None:
        """Show the project as it is now."""
        project, sheet, facts = self.studio.project, self.studio.sheet, self.studio.facts
        block = project.blocks.get(sheet) if sheet != MAIN else None
        if not self.name.hasFocus():
            self.name.setText(project.name if block is None else sheet)
        self.name.setReadOnly(block is not None)
        note = project.note if block is None else block.note
        if self.note.toPlainText() != note:
            with QSignalBlocker(self.note):
                self.note.setPlainText(note)
        if facts is not None:
            self.totals.show_rows(total_rows(facts))
            self.statistics.setVisible(bool(facts.statistics))
            self.statistics.show_rows(statistics_rows(facts))
        self.costs.setVisible(block is None and bool(project.graph.nodes))
        if block is None:
            self.costs.refresh()
        self.data.setVisible(block is None)
        self.data.refresh()
        self.constants.refresh()

    def _rename(self) -> None:
        wish = self.name.text().strip()
        if not self.name.isReadOnly() and wish and wish != self.studio.project.name:
            self.studio.do("Rename the project", lambda p: edits.set_name(p, wish))

    def _set_note(self) -> None:
        text, sheet = self.note.toPlainText(), self.studio.sheet
        self.studio.do("Edit the notes", lambda p: edits.set_note(p, text, sheet), merge=f"note:{sheet}")


class DataSection(InspectorSection):
    """Which data set, with which options, divided how."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Data")
        self.forms: dict[str, Form] = {}
        sets = ((kind.title, name, kind.summary()) for name, kind in DATASETS.items())
        self.names = choice_box(sets, "", self._choose)
        self.names.setSizeAdjustPolicy(self.names.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.names.setMinimumContentsLength(6)  # it takes the room that there is, and asks for none
        shares = "Shares of training, validation and test data; each class keeps its share in all of them."
        self.split = choice_box(((name, name, "") for name in (*SPLITS, "own")), shares, self._divide)
        self.own = QLineEdit(placeholderText="75 / 15 / 10")
        self.own.setProperty("figures", True)
        self.own.setToolTip("Shares of training, validation and test data in per cent; they add to 100. Enter applies.")
        self.own.editingFinished.connect(self._divide_own)
        self.own.returnPressed.connect(self._leave_own)
        studio.document_changed.connect(self._restore_own)
        self.seed = value_field(
            studio,
            _fault_in_seed,
            lambda v: self._set("Set the data seed", seed=v, merge="data:seed"),
            "The same seed divides the same way.",
        )
        self.editors = EditorGrid(
            {"data set": self.names, "split": self.split, "own split": self.own, "split seed": self.seed},
            wide=("data set",),
        )
        self.words = caption("")
        self.small = button(OPEN_SMALL, done=self._open_small)
        self.small.setToolTip(SMALL_TIP)
        self.names.setPlaceholderText("Choose data")
        self.page = button("Look at the data…", icon="data", done=lambda: run_action(studio, "view.workspace_data"))
        self.page.setToolTip("Samples, figures and findings; files of your own (Ctrl+4)")
        self.add(self.words)
        self.add(self.small)
        self.add(self.page)
        self.add(self.editors)

    def refresh(self, selected: Selected = NOTHING) -> None:
        """Show the choice of data."""
        data = self.studio.project.data
        kind = find_kind(data.name)
        self.names.setCurrentIndex(self.names.findData(data.name))
        small = small_version(self.studio.project) is not None
        missing = describe_missing(data) + (" Or take the small version, which trains here." if small else "")
        self.words.setText(kind.summary() if kind else missing)
        self.small.setVisible(small)
        split = next((name for name, shares in SPLITS.items() if shares == tuple(data.split)), "own")
        self.split.setCurrentText(split)
        self.editors.show_rows({"own split": split == "own"})
        if not self.own.hasFocus() and not self.own.property("invalid"):
            self.own.setText(" / ".join(f"{100 * share:g}" for share in data.split))
        self.seed.set_value(data.seed)
        for name, form in self.forms.items():
            form.setVisible(name == data.name)
        if kind is not None and kind.params:
            if data.name not in self.forms:
                form = Form(list(kind.params.values()))
                form.changed.connect(partial(self._set_option, data.name))
                form.finished.connect(lambda: self.studio.document.end_merge())
                return_keyboard(form, self.studio)
                self.forms[data.name] = form
                self.add(form)
            self.forms[data.name].show_values(data.options, self.studio.project.constants)

    def _open_small(self) -> None:
        small = small_version(self.studio.project)
        if small is not None:
            self.studio.template_requested.emit(small.name)

    def _set(self, text: str, merge: str = "", **fields: Any) -> None:
        self.studio.do(text, lambda p: edits.set_data(p, **fields), merge=merge)

    def _choose(self, index: int) -> None:
        choose_data(self.studio, DataChoice(name=self.names.itemData(index)))

    def _set_option(self, kind: str, name: str, value: Value) -> None:
        if kind != self.studio.project.data.name:
            return  # a key that reached the form of another data set as it was hidden
        known = find_kind(kind)
        assert known is not None
        param = known.params[name]
        if isinstance(param, Int | Float | Ints) and value is not None:
            # Data is read without the project: what is written with its constants is worked out once, here.
            value = param.read(value, self.studio.project.constants)
        options = {**self.studio.project.data.options, name: value}
        self._set(f"Set {name} of the data", merge=f"data:{name}", options=options)

    def _divide(self, index: int) -> None:
        name = self.split.itemData(index)
        if name in SPLITS:
            self._set("Divide the data", split=SPLITS[name])
        else:
            self.editors.show_rows({"own split": True})
            self.own.setFocus()

    def _divide_own(self) -> None:
        text = self.own.text()
        try:
            shares = parse_shares(text)
        except ValueError:
            words = f"“{text}” is no split: write shares that add to 100, such as 75 / 15 / 10."
            if self.own.isModified():
                self.studio.message.emit("error", words)
            self.own.setModified(False)
            restyle(self.own, invalid=True)
            return
        restyle(self.own, invalid=False)
        if shares != tuple(self.studio.project.data.split):
            self._set("Divide the data", split=shares)

    def _restore_own(self) -> None:
        """Show the shares that are in use in place of what could not be read."""
        restyle(self.own, invalid=False)
        self.own.clearFocus()
        self.refresh()

    def _leave_own(self) -> None:
        if not self.own.property("invalid") and self.studio.shell is not None:
            self.studio.shell.focus_canvas()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.own.hasFocus():
            self._restore_own()
            self._leave_own()
        else:
            super().keyPressEvent(event)


def run_action(studio: Studio, action_id: str) -> None:
    """Do what an action does, where there is a window around."""
    if studio.shell is not None:
        studio.shell.run_action(action_id)


def _fault_in_seed(value: Value) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return "" if good else "a whole number from 0"
