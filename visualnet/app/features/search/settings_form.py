"""How is searched: the method, what is given up early, what is compared, and how much."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QSpinBox, QWidget

from visualnet.app.widgets.basic import describe, label, spin_box
from visualnet.core.project import Project, SearchSpec
from visualnet.core.storage.decoding.decode_search import MAX_MINUTES, MAX_SEEDS, MAX_TRIALS
from visualnet.core.text.hidden_characters import visible
from visualnet.layers import LAYERS
from visualnet.training.experiments.declare import ComparedFigure, Part
from visualnet.training.search.apply_values import objective_of
from visualnet.training.search.methods import METHODS, PRUNINGS


class SettingsForm(QWidget):
    """Shows and changes the settings of a project's search. ``changed`` tells it anew."""

    changed = Signal(object)
    """The search (a SearchSpec)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = SearchSpec()
        self._showing = False
        self.method = _choice("How values are chosen", METHODS)
        self.pruning = _choice("Given up early", PRUNINGS)
        self.objective = describe(
            QComboBox(), "What is compared", "The value of the last epoch by which trials are compared"
        )
        self.trials = describe(
            spin_box(QSpinBox()), "Trials", "How many trials there are to be; a grid has all its combinations"
        )
        self.trials.setRange(1, MAX_TRIALS)
        self.minutes = describe(
            spin_box(QDoubleSpinBox()), "Minutes", "After so many minutes no other trial begins; 0: no bound"
        )
        self.minutes.setRange(0.0, MAX_MINUTES)
        self.minutes.setDecimals(1)
        self.minutes.setSpecialValueText("no bound")
        self.seeds = describe(
            spin_box(QSpinBox()), "Seeds of a trial", "Each trial is trained with so many seeds, and their mean counts"
        )
        self.seeds.setRange(1, MAX_SEEDS)
        self.workers = describe(
            spin_box(QSpinBox()), "Processes", "So many trials are trained at once, each in a process of its own"
        )
        self.workers.setRange(1, 16)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        lines = (
            ("Method", self.method),
            ("Give up early", self.pruning),
            ("Wanted", self.objective),
            ("Trials", self.trials),
            ("Minutes", self.minutes),
            ("Seeds", self.seeds),
            ("Processes", self.workers),
        )
        for number, (words, widget) in enumerate(lines):
            name = label(words, "muted")
            name.setBuddy(widget)
            grid.addWidget(name, number, 0)
            grid.addWidget(widget, number, 1)
        for box in (self.method, self.pruning, self.objective):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
            box.activated.connect(lambda _: self._tell())
        for spin in (self.trials, self.minutes, self.seeds):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(lambda _: self._tell())

    def show_search(self, project: Project, spec: SearchSpec) -> None:
        """Show how this project is searched."""
        self._spec, self._showing = spec, True
        _choose(self.method, spec.method)
        _choose(self.pruning, spec.pruning)
        figures = list_figures(project, spec)
        if [self.objective.itemData(at) for at in range(self.objective.count())] != figures:
            self.objective.clear()
            for figure in figures:
                most = "highest" if figure.better == "max" else "lowest"
                self.objective.addItem(visible(f"{most} {figure.title}"), figure)
        now = objective_of(project)
        self.objective.setCurrentIndex(figures.index(now) if now in figures else -1)
        self.trials.setValue(spec.trials)
        self.trials.setEnabled(spec.method != "grid")
        self.minutes.setValue(spec.minutes)
        self.seeds.setValue(spec.seeds)
        self._showing = False

    def _tell(self) -> None:
        if self._showing:
            return
        figure = self.objective.currentData()
        said: dict[str, Any] = {}
        if isinstance(figure, ComparedFigure):
            said = {"objective": figure.name, "part": figure.part, "goal": figure.better}
        made = replace(
            self._spec,
            method=self.method.currentData() or self._spec.method,
            pruning=self.pruning.currentData() or self._spec.pruning,
            trials=self.trials.value(),
            minutes=self.minutes.value(),
            seeds=self.seeds.value(),
            **said,
        )
        if made != self._spec:
            self.changed.emit(made)


def list_figures(project: Project, spec: SearchSpec) -> list[ComparedFigure]:
    """What trials of a project can be compared by: what it says of itself, its metrics and losses on both parts."""
    found = [objective_of(project)]
    named = [("loss", "min")]
    for node in project.graph:
        layer = LAYERS.get(node.kind)
        if layer is not None and layer.role == "metric" and layer.better:
            named.insert(0, (node.name, layer.better))
    parts: tuple[Part, ...] = ("validation", "train")
    for part in parts:
        found += [ComparedFigure(name, part, "max" if better == "max" else "min") for name, better in named]
    return list(dict.fromkeys(found))


def _choice(name: str, options: Any) -> QComboBox:
    box = describe(QComboBox(), name, "\n".join(options.values()))
    for key, words in options.items():
        box.addItem(words.partition(":")[0], key)
    return box


def _choose(box: QComboBox, key: str) -> None:
    box.setCurrentIndex(box.findData(key))
