"""The inspector's section about the data: which data set, how it is divided, and how rare classes are made up for."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.sections.section import EditorGrid, InspectorSection, choice_box, value_field
from visualnet.app.forms.form import Form, caption, return_keyboard
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import button, describe, restyle
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, Project
from visualnet.data.division.division_settings import BALANCES, begin_division, division_params
from visualnet.data.division.registry import DIVISIONS
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


class DataSection(InspectorSection):
    """Which data set, with which options, divided how."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Data")
        self.forms: dict[str, Form] = {}
        sets = ((kind.title, name, kind.summary()) for name, kind in DATASETS.items())
        self.names = choice_box(sets, "", self._choose)
        ways = ((kind.title, name, kind.summary()) for name, kind in DIVISIONS.items())
        self.division = choice_box(ways, "What decides which part a sample is in.", self._choose_division)
        self.division_form: Form | None = None
        self._division_shown: object = None
        """What the form of the division was made for."""
        rare = "How classes are made up for that have few samples."
        self.balance = choice_box(((title, name, tip) for name, title, tip in BALANCES), rare, self._choose_balance)
        for box in (self.names, self.division, self.balance):
            box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)  # they take the room that there is, and ask for none,
            box.setMinimumWidth(fonts.px(80))  # nor does the name of own data, which Qt counts in whatever the policy
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
            {
                "data set": self.names,
                "divided": self.division,
                "split": self.split,
                "own split": self.own,
                "split seed": self.seed,
                "rare classes": self.balance,
            },
            wide=("data set", "divided", "rare classes"),
        )
        self.words = caption("")
        self.small = button(OPEN_SMALL, done=self._open_small)
        self.small.setToolTip(SMALL_TIP)
        self.names.setPlaceholderText("Choose data")
        self.page = button(
            "Look at the data…", icon="data", done=lambda: studio.shell.run_action("view.workspace_data")
        )
        self.page.setToolTip("Samples, figures and findings; files of your own (Ctrl+4)")
        self.train_folds = describe(button("", icon="play", done=self._train_folds), "Train all folds")
        self.add(self.words)
        self.add(self.small)
        self.add(self.page)
        self.add(self.editors)
        self.add(self.train_folds)
        if studio.has_runner:
            for changed in (studio.runner.state_changed, studio.runner.folds.changed):
                changed.connect(self._show_folds)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show the choice of data."""
        data = self.studio.project.data
        kind = find_kind(data.name)
        self.names.setCurrentIndex(self.names.findData(data.name))
        small = small_version(self.studio.project) is not None
        missing = describe_missing(data) + (" Or take the small version, which trains here." if small else "")
        self.words.setText(kind.summary() if kind else missing)
        self.small.setVisible(small)
        own = kind is not None and data.name not in DATASETS
        self.names.setPlaceholderText(
            f"{kind.title}: {PurePosixPath(data.path).name}" if own and kind else "Choose data"
        )
        split = next((name for name, shares in SPLITS.items() if shares == tuple(data.split)), "own")
        self.split.setCurrentText(split)
        self._show_division(data, split == "own")
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

    def _show_division(self, data: DataChoice, own_split: bool) -> None:
        known = DIVISIONS.get(data.division)
        self.division.setCurrentIndex(self.division.findData(data.division))
        self.balance.setCurrentIndex(self.balance.findData(data.balance))
        uses = known.uses if known is not None else frozenset()
        shown = {"split": "split" in uses, "own split": "split" in uses and own_split, "split seed": "seed" in uses}
        self.editors.show_rows(shown)
        params = division_params(data)
        wanted = (data.division, data.facts, data.name)
        if wanted != self._division_shown:
            self._division_shown = wanted
            if self.division_form is not None:
                self.division_form.hide()
                self.division_form.deleteLater()
            self.division_form = Form(params) if params else None
            if self.division_form is not None:
                self.division_form.changed.connect(partial(self._set_division_option, data.division))
                self.division_form.finished.connect(lambda: self.studio.document.end_merge())
                return_keyboard(self.division_form, self.studio)
                self.add(self.division_form)
                self.add(self.train_folds)  # beneath what it depends on
        self._show_folds()
        if self.division_form is not None:
            self.division_form.show_values(data.division_options, self.studio.project.constants)

    def _show_folds(self) -> None:
        data = self.studio.project.data
        self.train_folds.setVisible(data.division == "folds" and self.studio.has_runner)
        if data.division == "folds" and self.studio.has_runner:
            folds, trouble = data.division_options.get("folds", 5), self.studio.runner.folds.why_not()
            self.train_folds.setText(f"Train all {folds} folds")
            self.train_folds.setEnabled(not trouble)
            self.train_folds.setToolTip(trouble or "A run for each fold, and the mean and spread of what they reach")

    def _train_folds(self) -> None:
        if self.studio.runner.folds.start():
            self.studio.shell.show_panel("runs")

    def _choose_division(self, index: int) -> None:
        name = self.division.itemData(index)
        data = self.studio.project.data
        if name != data.division:
            self._set("Choose how data are divided", division=name, division_options=begin_division(name, data))

    def _set_division_option(self, division: str, name: str, value: Value) -> None:
        data = self.studio.project.data
        if division != data.division:
            return  # a key that reached the form of another division as it was hidden
        options = {**data.division_options, name: value}
        self._set(f"Set {name} of the division", merge=f"division:{name}", division_options=options)

    def _choose_balance(self, index: int) -> None:
        self._set("Choose how rare classes count", balance=self.balance.itemData(index))

    def _open_small(self) -> None:
        small = small_version(self.studio.project)
        if small is not None:
            self.studio.template_requested.emit(small.name)

    def _set(self, text: str, merge: str = "", **fields: Any) -> None:
        self.studio.do(text, lambda p: edits.set_data(p, **fields), merge=merge)

    def _choose(self, index: int) -> None:
        name = self.names.itemData(index)
        if name == self.studio.project.data.name:
            return
        choose_data(self.studio, DataChoice(name=name))

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
        if not self.own.property("invalid"):
            self.studio.shell.focus_canvas()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.own.hasFocus():
            self._restore_own()
            self._leave_own()
        else:
            super().keyPressEvent(event)


def _fault_in_seed(value: Value) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return "" if good else "a whole number from 0"
