"""How to train, as a form: the optimizer's own parameters, batches, epochs, and the data below."""

from __future__ import annotations

import copy
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from visualnet.app.features.inspector.project_page import DataSection
from visualnet.app.forms.form import Form, caption
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import Recipe
from visualnet.layers.declaration.params import Choice, Int, Param
from visualnet.training.idle_probe import torch_is_ready
from visualnet.training.optimizers import OPTIMIZERS

FOLDED = ("nesterov", "weight_decay")
DEVICES = {
    "auto": "A GPU if there is one, else the CPU with one core left for the window",
    "cpu": "The processor: bit for bit repeatable",
    "cuda": "An NVIDIA GPU",
    "mps": "An Apple GPU",
}


def named(name: str, param: Param) -> Param:
    """A declaration under a name."""
    param.name = name
    return param


def devices() -> dict[str, str]:
    """What can be chosen here; until torch is there to be asked, all kinds."""
    if not torch_is_ready():
        return DEVICES
    torch: Any = sys.modules["torch"]
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return {name: words for name, words in DEVICES.items() if there.get(name, True)}


def judges(studio: Studio) -> dict[str, str]:
    """The values by which the best epoch can be told, each with what it means."""
    main = studio.analysis.main
    found = {"loss": "Smallest loss on the validation set (all losses together)"}
    for facts in main.sinks("metric"):
        if facts.layer is not None and facts.layer.better:
            which = {"min": "Smallest", "max": "Largest"}[facts.layer.better]
            found[facts.node.name] = f"{which} {facts.layer.label.lower()} on the validation set"
    return found


def params(optimizer: str, best_by: Mapping[str, str]) -> list[Param]:
    """The declarations of everything in a recipe with this optimizer."""
    chosen = named(
        "optimizer", Choice("Adam", "How the weights are moved.", {k: o.words for k, o in OPTIMIZERS.items()})
    )
    found: list[Param] = [chosen]
    kind = OPTIMIZERS.get(optimizer)
    own = list(kind.params.values()) if kind is not None else []
    found += [param for param in own if param.name not in FOLDED]
    found.append(named("batch_size", Int(64, "Samples that one step looks at.", low=1, high=1_000_000)))
    found.append(named("epochs", Int(10, "How often every training sample is seen.", low=1, high=1_000_000)))
    words = "Which value tells the best epoch, whose weights are kept."
    found.append(named("best_by", Choice("loss", words, best_by, more=True)))
    for param in own:
        if param.name in FOLDED:
            folded = copy.copy(param)
            folded.more = True
            found.append(folded)
    found.append(
        named("seed", Int(0, "Draws the first weights and the order of samples.", low=0, high=2**31 - 1, more=True))
    )
    found.append(named("device", Choice("auto", "Where to compute.", devices(), more=True)))
    return found


class RecipePane(QScrollArea):
    """The recipe of the project and its data. While a run goes on only the learning rate can be changed, and it acts at once."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setWidgetResizable(True)
        self.setMinimumWidth(fonts.px(252))
        inner = QWidget()
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(12, 4, 12, 8)
        self.column.setSpacing(6)
        self.note = caption("While it runs, only lr can change.")
        self.note.hide()
        self.column.addWidget(self.note)
        self.form: Form | None = None
        self._made: tuple[object, ...] = ()
        self.data = DataSection(studio)
        self.data.set_opened(False)
        self.column.addWidget(self.data)
        self.column.addStretch(1)
        self.setWidget(inner)
        studio.analysed.connect(lambda _: self.refresh())
        studio.runner.state_changed.connect(self.refresh)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(252))

    def refresh(self) -> None:
        """Show the recipe as it is now."""
        recipe: Recipe = self.studio.project.recipe
        best_by = judges(self.studio)
        wanted = (recipe.optimizer, tuple(devices()), tuple(best_by))
        if wanted != self._made:
            self._made = wanted
            self._build(params(recipe.optimizer, best_by))
        assert self.form is not None
        values = {name: getattr(recipe, name) for name in self.form.rows}
        self.form.show_values(values, self.studio.project.constants, _problems(recipe, self.form))
        busy = self.studio.runner.busy
        self.note.setVisible(busy)
        for name, row in self.form.rows.items():
            row.setEnabled(not busy or name == "lr")
        self.data.setEnabled(not busy)
        self.data.refresh()

    def _build(self, declared: Sequence[Param]) -> None:
        opened = self.form is not None and self.form.more is not None and self.form.more.opened
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = Form(declared)
        self.form.changed.connect(self._change)
        self.form.finished.connect(lambda: self.studio.document.end_merge())
        self.column.insertWidget(1, self.form)
        if self.form.more is not None:
            self.form.more.set_opened(opened)

    def _change(self, name: str, raw: Value) -> None:
        assert self.form is not None
        param = self.form.rows[name].param
        try:
            # A recipe holds figures: what is written with the project's constants is worked out once, here.
            fields = {name: param.read(raw, self.studio.project.constants)}
        except ValueError as error:
            self.studio.message.emit("error", str(error))
            return
        if name == "optimizer":
            fields |= _carried(self.studio.project.recipe, str(raw))
        self.studio.do(f"Set {name.replace('_', ' ')}", lambda p: edits.set_recipe(p, **fields), merge=f"recipe:{name}")


def _carried(recipe: Recipe, optimizer: str) -> dict[str, Any]:
    """With another optimizer, what still stood at the old one's default goes to the new one's."""
    old, new = OPTIMIZERS.get(recipe.optimizer), OPTIMIZERS[optimizer]
    if old is None:
        return {}
    return {
        name: param.default
        for name, param in new.params.items()
        if name in old.params and getattr(recipe, name) == old.params[name].default
    }


def _problems(recipe: Recipe, form: Form) -> dict[str, str]:
    """What cannot be used, by row."""
    found = {}
    for name, row in form.rows.items():
        try:
            row.param.read(getattr(recipe, name), {})
        except ValueError as error:
            found[name] = str(error)
    if recipe.optimizer == "SGD" and recipe.nesterov and recipe.momentum <= 0:
        found["momentum"] = "Nesterov looks ahead along the momentum: it must be above 0"
    return found
