"""Weights to begin with: chosen, matched against the network in the background, shown as a table, and only then taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from visualnet.app.services.background_task import BackgroundTask, Job, close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.core.text.hidden_characters import visible
from visualnet.pytorch import need_torch
from visualnet.training.runs import run_history
from visualnet.training.transfer.matching import MatchedTensors
from visualnet.training.transfer.shipped import shipped_for, shipped_weights

FILES = "Weights (*.safetensors *.pt *.pth)"
HEADS = ("Tensor", "Shape", "Taken from", "How, or why not")
WAYS = {
    "as_is": ("Train as the nodes say", "What is frozen now stays frozen, and nothing else."),
    "all": (
        "Train all layers (fine-tuning)",
        "Every node of the main sheet is trainable: the weights are only where it begins.",
    ),
    "head": (
        "Train only what is fresh (feature extractor)",
        "Nodes whose weights are all taken over are frozen; the others, as a head for other classes, are trained.",
    ),
}
"""What is trained afterwards. Some layers are chosen by hand: Trainable in the Inspector."""


class WeightsSource(NamedTuple):
    """Weights that can be begun with: how the recipe names them, and what they give."""

    reference: str
    table: MatchedTensors


class StartFromDialog(QDialog):
    """Runs and files, the table for the one that is chosen, and what is trained then. Nothing changes before *Use them*."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.found: WeightsSource | None = None
        self._task: BackgroundTask | None = None
        self.setWindowTitle("Start from")
        self.resize(760, 560)
        self.choice = describe(QComboBox(), "Weights to begin with")
        self._offer()
        self.choice.activated.connect(lambda _: self._choose())
        self.file = button("A file…", icon="open", done=self._ask)
        self.words = label("", "muted", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.table = describe(QTableWidget(0, len(HEADS)), "What the weights give to this network")
        self.table.setHorizontalHeaderLabels(HEADS)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.ways = describe(QComboBox(), "What is trained")
        for key, (text, meaning) in WAYS.items():
            self.ways.addItem(text, key)
            self.ways.setItemData(self.ways.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self.ways.activated.connect(lambda _: self._show_way())
        self.meaning = label("", "small", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.use = self.buttons.addButton("Use them", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setProperty("kind", "primary")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        head, trained = row((self.choice, 1), self.file), row(label("Then"), (self.ways, 1))
        parts = (head, self.words, self.fault, (self.table, 1), trained, self.meaning, self.buttons)
        column(*parts, margins=16, spacing=12, parent=self)
        self.finished.connect(lambda _: close_tasks(self))
        self._show_way()
        self._choose()

    def _offer(self) -> None:
        """Nothing, each run that left weights here with what is kept of it, and what the recipe names now."""
        self.choice.addItem("Nothing: all weights begin fresh", "")
        for run in reversed(self.studio.project.runs):
            folder = run_history.folder_of(run)
            for which, file in (("best", "best.safetensors"), ("last", "last/weights.safetensors")):
                if folder is not None and (folder / file).is_file():
                    title = f"Run of {run_history.title(run)}, {which} weights"
                    self.choice.addItem(visible(title), f"runs/{run.folder}/{which}")
        own = shipped_for(self.studio.project)
        for shipped in sorted(shipped_weights(), key=lambda each: each != own):
            title = f"Comes with the program: {shipped.title}, {shipped.figure}"
            self.choice.addItem(visible(title), shipped.reference)
        now = self.studio.project.recipe.start_from
        if self.choice.findData(now) < 0:
            self.choice.addItem(visible(now), now)
        self.choice.setCurrentIndex(self.choice.findData(now))

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Start from", "", FILES)
        if chosen:
            self.open_file(Path(chosen))

    def open_file(self, path: Path) -> None:
        """Read a file of weights, and keep a copy among the person's own."""
        self._read(path.name, path)

    def _choose(self) -> None:
        reference = self.choice.currentData()
        if reference:
            self._read(self.choice.currentText(), reference)
        else:
            if self._task is not None:
                self._task.cancel()
            self._show(WeightsSource("", MatchedTensors((), ())))

    def _read(self, name: str, source: Path | str) -> None:
        """Match in the background; the window waits for nothing."""
        if self._task is not None:
            self._task.cancel()
        self.found = None
        self.use.setEnabled(False)
        self.fault.hide()
        self.table.setRowCount(0)
        self.words.setText(f"Reading {visible(name)} …")
        project, analysis = self.studio.project, self.studio.analysis

        def run(_job: Job) -> WeightsSource:
            need_torch()
            from visualnet.training.transfer.initial_weights import find_weights, preview, refer_to

            if isinstance(source, str):
                return WeightsSource(source, preview(project, find_weights(source), analysis))
            table = preview(project, source, analysis)
            return WeightsSource(refer_to(source) if table.taken else "", table)

        words = "They cannot be used"
        self._task = BackgroundTask(
            run, self._show, failed=self._refuse, name="match weights", words=words, parent=self
        )

    def _refuse(self, words: str) -> None:
        self.words.setText("")
        self.fault.setText(words)
        self.fault.show()

    def _show(self, found: WeightsSource) -> None:
        self.found = found
        self.fault.hide()
        table = found.table
        self.words.setText(
            table.summary if table.matches else "Every weight begins as its node says, and as the seed draws it."
        )
        self._fill(table)
        self.use.setEnabled(bool(table.taken) or not table.matches)
        if found.reference and self.choice.findData(found.reference) < 0:
            self.choice.addItem(visible(found.reference.partition("/")[2]), found.reference)
        if found.reference or not table.matches:
            self.choice.setCurrentIndex(self.choice.findData(found.reference))

    def _fill(self, table: MatchedTensors) -> None:
        rows: list[Sequence[str]] = [
            (m.name, "×".join(map(str, m.shape)) or "1", m.source or "fresh", m.words) for m in table.matches
        ]
        rows += [("", "", name, "not used: nothing here wants it") for name in table.unused]
        self.table.setRowCount(len(rows))
        for at, cells in enumerate(rows):
            for place, text in enumerate(cells):
                self.table.setItem(at, place, QTableWidgetItem(visible(text)))

    def _show_way(self) -> None:
        self.meaning.setText(
            f"{WAYS[self.ways.currentData()][1]} Single layers are frozen and unfrozen in the Inspector."
        )

    def _accept(self) -> None:
        found, way = self.found, self.ways.currentData()
        if found is None:
            return

        def edit(project: Project) -> Project:
            project = edits.set_recipe(project, start_from=found.reference)
            return set_trained(project, found.table, way)

        self.studio.do("Start from weights" if found.reference else "Start from nothing", edit)
        self.accept()


def set_trained(project: Project, table: MatchedTensors, way: str) -> Project:
    """The project with its nodes frozen for one of the ``WAYS``. A node of the main sheet is the first part of its tensors' names."""
    learned: dict[str, list[bool]] = {}
    for match in table.matches:
        learned.setdefault(match.name.partition(".")[0], []).append(bool(match.source))
    ids: dict[bool, list[Any]] = {True: [], False: []}
    for node in project.graph:
        if node.name in learned and way != "as_is":
            ids[way == "all" or not all(learned[node.name])].append(node.id)
    for trainable, chosen in ids.items():
        project = edits.set_node(project, MAIN, chosen, trainable=trainable)
    return project
