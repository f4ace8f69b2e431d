"""Where no value tells which epoch is the best, the last one counts as it: said by the recipe, kept, told, and written into the script."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch

import visualnet as vn
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.project import LAST_EPOCH
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.resources import resource
from visualnet.training.loop.run_state import RunState
from visualnet.training.recipe_params import best_by_options
from visualnet.training.runs.run_status import describe_run
from visualnet.training.script.training_script import training_script
from visualnet.training.terminal.printer import Printer


@pytest.mark.parametrize("name", ["gan-points", "dcgan", "wgan-gp"])
def test_networks_against_each_other_keep_the_last_epoch(name: str) -> None:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    assert project.recipe.best_by == LAST_EPOCH
    assert LAST_EPOCH in best_by_options(infer(project))
    assert "last epoch" in best_by_options(infer(project))["loss"]


def test_every_epoch_is_the_best_until_the_next(tmp_path: Path) -> None:
    project = project_file.load(resource("templates", "gan-points.vnet"))
    trained = vn.train(project, epochs=3, device="cpu", folder=tmp_path / "run").finish()
    run, present = trained.run, trained.model.net.state_dict()
    assert [epoch.is_best for epoch in run.epochs] == [True] * 3
    assert run.best is not None and run.best.epoch == 3
    best = vn.load_run(tmp_path / "run").model().net.state_dict()
    assert best.keys() == present.keys() and all(torch.equal(best[name], present[name]) for name in best)
    assert "kept as best: the last epoch, 3" in describe_run("idle", run, infer(project))
    out = io.StringIO()
    printer = Printer(out)
    for event in (run.started, *run.epochs, run.finished):
        assert event is not None
        printer(event)
    assert "the last weights count as best, in epoch 3" in out.getvalue()


def test_losses_do_not_matter_to_it() -> None:
    state = RunState(lr=0.1)
    values = [{"loss": loss, LAST_EPOCH: float(at)} for at, loss in enumerate((0.1, 5.0, 5.0), 1)]
    assert all(state.close_epoch(one, LAST_EPOCH, "max") for one in values)
    assert state.best_epoch == 3


def test_a_script_does_the_same() -> None:
    project = edits.set_recipe(project_file.load(resource("templates", "mlp-mnist.vnet")), best_by=LAST_EPOCH)
    text = training_script(project, load(project.data))
    assert "value = float(epoch)" in text and "if value > best:" in text
