"""Run in a copy of the program to which docs/adding.md was applied: prints what is seen of each addition, as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def layer() -> dict[str, Any]:
    """Quick add, a size, the module against torch, the code, the schema, the reference."""
    import torch

    import visualnet as vn
    from visualnet.api.publish import json_schema
    from visualnet.app.canvas.editors.quick_add import entries
    from visualnet.layers.publish import docs_page

    net = vn.Graph("waves")
    net.output(net.sine(net.linear(net.input(3), 4)), name="answer")
    model = vn.compile(net.project, seed=0)
    x = torch.randn(5, 3)
    weights = dict(model.net.named_parameters())
    by_hand = torch.sin(torch.nn.functional.linear(x, weights["linear.weight"], weights["linear.bias"]))
    return {
        "listed": "sine" in {entry.kind for entry in entries(net.project, "")},
        "shape": list(net["sine"].shape),
        "equal": bool(torch.equal(model.net(x), by_hand)),
        "code": "torch.sin(" in net.code(),
        "schema": '"sine"' in json_schema.text(),
        "reference": "### Sine\n" in docs_page.text(),
    }


def data_set() -> dict[str, Any]:
    """One epoch on it, in a network that takes its sizes from it."""
    import visualnet as vn
    from visualnet.core.project import DataChoice
    from visualnet.data.registry import DATASETS, fields
    from visualnet.training.events import EpochDone

    choice = DataChoice(name="stripes", options={"n": 100})
    net = vn.Graph("stripes").set(data="stripes")
    image = net.input(1, 8, 8)
    logits = net.linear(net.flatten(image), 2)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    events = list(vn.train(net, epochs=3, lr=0.05, device="cpu"))
    losses = [event.validation["loss"] for event in events if isinstance(event, EpochDone)]
    return {
        "offered": DATASETS["stripes"].title,
        "fields": sorted(fields(choice)),
        "shape": list(image.shape),
        "learns": losses[-1] < losses[0],
    }


def optimizer() -> dict[str, Any]:
    """The form, a training with a stop and a resume, the forecast, the file."""
    import visualnet as vn
    from visualnet.analysis.cost.totals import optimizer_bytes
    from visualnet.core.project import Recipe
    from visualnet.core.storage import project_file
    from visualnet.training.events import EpochDone
    from visualnet.training.recipe_params import recipe_params

    chosen = recipe_params(Recipe(optimizer="Rprop"), {"loss": ""})
    net = vn.Graph("points").set(data="points")
    logits = net.linear(net.input(2, field="point"), 2)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    folder = Path(tempfile.mkdtemp()) / "run"
    recipe = {"optimizer": "Rprop", "lr": 0.01, "device": "cpu", "folder": folder}
    first = list(vn.train(net, epochs=1, **recipe))
    second = list(vn.train(net, epochs=2, resume=True, **recipe))
    kept = project_file.load(folder / "project.vnet").recipe
    return {
        "offered": "Rprop" in chosen[0].options,
        "form": [param.name for param in chosen][:3],
        "epochs": [[event.epoch for event in events if isinstance(event, EpochDone)] for events in (first, second)],
        "file": kept.optimizer,
        "memory": optimizer_bytes(kept, 100, 2),
    }


def procedure() -> dict[str, Any]:
    """The form, the schema, a training that draws from a fifth of the samples, and one that was stopped and resumed."""
    import visualnet as vn
    from visualnet.api.publish import json_schema
    from visualnet.core import edits
    from visualnet.core.edits.learners import add_learner
    from visualnet.core.project import Project, Recipe
    from visualnet.data.tensors import Tensors
    from visualnet.training.events import Steps
    from visualnet.training.recipe.settings import change, options_of_run
    from visualnet.training.recipe_params import recipe_params

    drawn: set[int] = set()
    plain = Tensors.training_batch

    def noted(self: Tensors, index: Any, step: int) -> Any:
        drawn.update(index.tolist())
        return plain(self, index, step)

    net = vn.Graph("points").set(data="points")
    logits = net.linear(net.input(2, field="point"), 2)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    said: dict[str, Any] = {"procedure": "bootstrap", "kept_share": 0.05, "device": "cpu"}
    folder = Path(tempfile.mkdtemp()) / "run"
    Tensors.training_batch = noted  # type: ignore[method-assign]
    whole = list(vn.train(net, epochs=3, **said))
    Tensors.training_batch = plain  # type: ignore[method-assign]
    parts = [*vn.train(net, epochs=1, folder=folder, **said)]
    parts += vn.train(net, epochs=3, folder=folder, resume=True, **said)

    recipe = Recipe(procedure="bootstrap", options={"kept_share": 0.05, "clip_norm": 1.0})
    two = add_learner(Project(recipe=recipe), of_run=options_of_run())

    scripted = _run_script(edits.set_recipe(net.project, **change(net.project.recipe, {**said, "epochs": 3})))

    def losses(events: list[Any]) -> list[float]:
        return [loss for event in events if isinstance(event, Steps) for loss in event.values["loss"]]

    return {
        "offered": "bootstrap" in next(p for p in recipe_params(Recipe(), {}) if p.name == "procedure").options,
        "form": "kept_share" in {p.name for p in recipe_params(Recipe(procedure="bootstrap"), {})},
        "schema": '"kept_share"' in json_schema.text(),
        "drawn_from": len(drawn),
        "same_when_resumed": losses(parts) == losses(whole),
        "a_learner_has": dict(two.recipe.learners[0].options),
        "script": scripted == losses(whole),
    }


def _run_script(project: Any) -> list[float]:
    """The losses of a printed training script, batch by batch."""
    from visualnet.data.loading import load
    from visualnet.training.script.training_script import write_training

    script = Path(tempfile.mkdtemp()) / "train.py"
    write_training(project, load(project.data), script)
    made: dict[str, Any] = {"__name__": "printed", "__file__": str(script)}
    with contextlib.redirect_stdout(sys.stderr):
        exec(compile(script.read_text(encoding="utf-8"), "train.py", "exec"), made)
        _, history = made["main"]()
    return [loss for epoch in history for loss in epoch["losses"]]


def observation() -> dict[str, Any]:
    """Offered for a network, computed, held against a direct count, drawn, in the reference."""
    from visualnet.core.storage import project_file
    from visualnet.resources import resource
    from visualnet.training.observations.observation import find_observations
    from visualnet.training.observe import observe_once

    project = project_file.load(resource("templates", "lenet5.vnet"))
    found = observe_once(project, "sparsity", "relu1")
    values = observe_once(project, "values", "relu1").result.arrays["values"]
    return {
        "offered": find_observations()["sparsity"].title,
        "exact": abs(float(found.result.arrays["share"][0]) - float((values == 0).mean())) < 1e-6,
        "drawn": len(list(found.chart.rows())),
    }


def panel() -> dict[str, Any]:
    """The dock, its menu entry, what it shows."""
    from PySide6.QtWidgets import QApplication, QDockWidget, QMenu

    from visualnet.app.shell.window import Window
    from visualnet.app.theme.apply import ThemeKeeper
    from visualnet.core.user.settings import Settings

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    window = Window(Settings(Path(tempfile.mkdtemp()) / "settings.json"), ThemeKeeper(app, "light"))
    window.show()
    window.project_files.open_template("lenet5")
    shown = window.show_panel("counter")
    app.processEvents()
    menus = [menu for menu in window.topbar.findChildren(QMenu) if menu.objectName() == "menu.View.Panels"]
    return {
        "dock": "Counter" in {dock.windowTitle() for dock in window.findChildren(QDockWidget)},
        "menu": any(action.text() == "Counter" for menu in menus for action in menu.actions()),
        "text": shown.text() if shown is not None else "",
    }


def template() -> dict[str, Any]:
    """The index, the file, its note and step."""
    from visualnet.analysis import infer
    from visualnet.core.storage import project_file
    from visualnet.templates.index import template_list
    from visualnet.templates.note_actions import apply_step, steps

    (found,) = [each for each in template_list() if each.name == "tiny-cnn"]
    project = project_file.load(found.path)
    (link,) = [link for _, link in steps(found.page.read_text(encoding="utf-8"))]
    return {
        "group": found.group,
        "line": found.line,
        "parameters": infer(project).main.parameters,
        "trains": found.trains,
        "step": apply_step(project, link) != project,
    }


def experiment() -> dict[str, Any]:
    """Offered, trained with one seed, its claim."""
    from visualnet.training.experiments.model import ExperimentModel
    from visualnet.training.experiments.registry import find_experiments
    from visualnet.training.experiments.results import check_claims
    from visualnet.training.experiments.runner import StopControl, run_experiment

    found = find_experiments()["batch-sizes"]
    model = ExperimentModel(found, (0,))
    ended = run_experiment(found, (0,), Path(tempfile.mkdtemp()) / "batches", StopControl(), model.consume)
    return {
        "first": next(iter(find_experiments())),
        "ended": ended,
        "holds": [holds for _, _, holds in check_claims(model)],
        "seen": sorted(type(seen).__name__ for seen in model.seen.values()),
    }


if __name__ == "__main__":
    import visualnet

    assert Path(visualnet.__file__).is_relative_to(Path.cwd()), visualnet.__file__
    looks = (layer, data_set, optimizer, procedure, observation, panel, template, experiment)
    seen = {look.__name__: look() for look in looks}
    sys.stdout.write(json.dumps(seen))
    sys.stdout.flush()
    os._exit(0)  # the window and its threads are not what is looked at
