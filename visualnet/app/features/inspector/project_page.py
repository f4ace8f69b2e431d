"""The inspector's page when nothing is selected: the open block, the project's name and note, its totals, data and constants."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from visualnet.analysis import GraphFacts
from visualnet.app.features.inspector.cost_card import CostCard
from visualnet.app.features.inspector.parameters_section import NumbersSection
from visualnet.app.forms.form import EDITOR_WIDTH, Form, caption
from visualnet.app.forms.value_field import ValueField
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue, label
from visualnet.app.widgets.section import Section
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import MAIN
from visualnet.data.registry import DATASETS
from visualnet.layers.declaration.params import Float, Int, Ints

SPLITS: dict[str, tuple[float, float, float]] = {
    "80 / 20": (0.8, 0.2, 0.0),
    "70 / 30": (0.7, 0.3, 0.0),
    "60 / 20 / 20": (0.6, 0.2, 0.2),
}


class ProjectPage(QWidget):
    """Everything that belongs to the project rather than to one node."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.name = QLineEdit()
        self.name.setProperty("role", "heading")
        self.name.setAccessibleName("Project name")
        self.name.setToolTip("The project's name; the exported class is called after it.")
        self.name.editingFinished.connect(self._rename)
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText("Notes: what this network is for, what was tried")
        self.note.setAccessibleName("Notes")
        self.note.setFixedHeight(104)
        self.note.setTabChangesFocus(True)
        self.note.setAcceptDrops(False)
        self.note.textChanged.connect(self._note_changed)
        column.addWidget(self.name)
        column.addWidget(self.note)
        self.totals = KeyValue()
        column.addWidget(self.totals)
        self.statistics = KeyValue()
        column.addWidget(self.statistics)
        self.costs = CostCard(studio)
        column.addWidget(self.costs)
        self.data = DataSection(studio)
        column.addWidget(self.data)
        self.constants = NumbersSection(studio)
        column.addWidget(self.constants)
        column.addWidget(caption("Select a node to see its parameters and formulas."))

    def refresh(self) -> None:
        """Show the project as it is now."""
        project, sheet = self.studio.project, self.studio.sheet
        block = project.blocks.get(sheet) if sheet != MAIN else None
        if not self.name.hasFocus():
            self.name.setText(project.name if block is None else sheet)
        self.name.setReadOnly(block is not None)
        note = project.note if block is None else block.note
        if self.note.toPlainText() != note:
            self.note.blockSignals(True)
            self.note.setPlainText(note)
            self.note.blockSignals(False)
        facts = self.studio.facts
        if facts is not None:
            self.totals.set_value("nodes", f"{len(facts.graph.nodes):,}")
            self.totals.set_value("parameters", f"{facts.parameters:,}")
            self.totals.set_value("trainable", f"{facts.trainable:,}")
            self.totals.set_value(
                "MACs a sample", f"{facts.macs:,}", "Multiply–accumulate operations of one forward pass"
            )
            self._show_statistics(facts)
        self.costs.setVisible(block is None and bool(project.graph.nodes))
        if block is None:
            self.costs.show_whole()
        self.data.setVisible(block is None)
        self.data.refresh()
        self.constants.refresh()

    def _show_statistics(self, facts: GraphFacts) -> None:
        """The count with running statistics, as Keras and courses have it, where there are any."""
        self.statistics.setVisible(bool(facts.statistics))
        if facts.statistics:
            told = "Means and variances that normalizations keep and do not learn; counters of batches are left out"
            self.statistics.set_value("running statistics", f"{facts.statistics:,}", told)
            both = "Parameters and running statistics, as Keras and many a course count them"
            self.statistics.set_value("with statistics", f"{facts.counted:,}", both)
            self.statistics.set_value(
                "not trainable", f"{facts.counted - facts.trainable:,}", "What training leaves alone"
            )

    def _rename(self) -> None:
        wish = self.name.text().strip()
        if not self.name.isReadOnly() and wish and wish != self.studio.project.name:
            self.studio.do("Rename the project", lambda p: edits.set_name(p, wish))

    def _note_changed(self) -> None:
        text, sheet = self.note.toPlainText(), self.studio.sheet
        self.studio.do("Edit the notes", lambda p: edits.set_note(p, text, sheet), merge=f"note:{sheet}")


class DataSection(Section):
    """Which data set, with which options, divided how."""

    def __init__(self, studio: Studio) -> None:
        super().__init__("Data")
        self.studio = studio
        self.forms: dict[str, Form] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        holder = QWidget()
        holder.setLayout(grid)
        self.names = QComboBox()
        for name, kind in DATASETS.items():
            self.names.addItem(kind.title, name)
            self.names.setItemData(self.names.count() - 1, kind.summary(), Qt.ItemDataRole.ToolTipRole)
        self.names.activated.connect(self._choose)
        self.split = QComboBox()
        self.split.setToolTip(
            "Shares of training, validation and test data; each class keeps its share in all of them."
        )
        self.split.activated.connect(self._divide)
        self.own = QLineEdit()
        self.own.setPlaceholderText("75 / 15 / 10")
        self.own.setProperty("mono", True)
        self.own.setToolTip("Shares of training, validation and test data in per cent; they add to 100. Enter applies.")
        self.own.editingFinished.connect(self._divide_own)
        self.seed = ValueField(_seed_problem)
        self.seed.set_tip("The same seed divides the same way.")
        self.seed.edited.connect(lambda v: self._set("Set the data seed", seed=v, merge="data:seed"))
        self.seed.finished.connect(lambda: studio.document.end_merge())
        for row, (name, editor) in enumerate(
            {"data set": self.names, "split": self.split, "own split": self.own, "split seed": self.seed}.items()
        ):
            editor.setFixedWidth(EDITOR_WIDTH)
            editor.setAccessibleName(name)
            text = label(name)
            grid.addWidget(text, row, 0)
            grid.addWidget(editor, row, 1)
            if editor is self.own:
                self.own_label = text
        self.words = caption("")
        self.add(self.words)
        self.add(holder)

    def refresh(self) -> None:
        """Show the choice of data."""
        data = self.studio.project.data
        kind = DATASETS.get(data.name)
        self.names.setCurrentIndex(self.names.findData(data.name))
        self.words.setText(kind.summary() if kind else f"This version does not know the data set “{data.name}”.")
        known = next((n for n, shares in SPLITS.items() if shares == tuple(data.split)), "")
        self.split.clear()
        self.split.addItems([*SPLITS, "own"])
        self.split.setCurrentText(known or "own")
        for widget in (self.own, self.own_label):
            widget.setVisible(not known)
        if not self.own.hasFocus():
            self.own.setText(" / ".join(f"{100 * share:g}" for share in data.split))
        self.seed.set_value(data.seed)
        for name, form in self.forms.items():
            form.setVisible(name == data.name)
        if kind is not None and kind.params:
            if data.name not in self.forms:
                form = Form(list(kind.params.values()))
                form.changed.connect(self._option)
                form.finished.connect(lambda: self.studio.document.end_merge())
                self.forms[data.name] = form
                self.add(form)
            self.forms[data.name].show_values(data.options, self.studio.project.constants)

    def _set(self, label_: str, merge: str = "", **fields: Any) -> None:
        self.studio.do(label_, lambda p: edits.set_data(p, **fields), merge=merge)

    def _choose(self, index: int) -> None:
        self._set("Choose the data", name=self.names.itemData(index), options={})

    def _option(self, name: str, value: Value) -> None:
        param = DATASETS[self.studio.project.data.name].params[name]
        if isinstance(param, Int | Float | Ints) and value is not None:
            # Data is read without the project: what is written with its constants is worked out once, here.
            value = param.read(value, self.studio.project.constants)
        options = {**self.studio.project.data.options, name: value}
        self._set(f"Set {name} of the data", merge=f"data:{name}", options=options)

    def _divide(self, index: int) -> None:
        name = self.split.itemText(index)
        if name in SPLITS:
            self._set("Divide the data", split=SPLITS[name])
        else:
            for widget in (self.own, self.own_label):
                widget.show()
            self.own.setFocus()

    def _divide_own(self) -> None:
        try:
            parts = [float(part) for part in self.own.text().replace("%", "").split("/")]
            shares = tuple(part / 100 for part in [*parts, 0.0, 0.0][:3])
            if abs(sum(shares) - 1) > 1e-6 or min(shares) < 0 or shares[0] <= 0 or len(parts) > 3:
                raise ValueError
        except ValueError:
            self.studio.message.emit(
                "error", f"“{self.own.text()}” is no split: write shares that add to 100, such as 75 / 15 / 10."
            )
            self.refresh()
            return
        if shares != tuple(self.studio.project.data.split):
            self._set("Divide the data", split=shares)


def _seed_problem(value: Value) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return "" if good else "a whole number from 0"
