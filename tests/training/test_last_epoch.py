"""Where no value tells which epoch is the best, the last one counts as it: said by the recipe, kept, told, and written into the script."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch

import visualnet as vn
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.edits.learners import add_learner, remove_learner, rename_learner, set_learner
from visualnet.core.project import LAST_EPOCH, LOSS, LearnerSpec, Project, Recipe, loss_of
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.resources import resource
from visualnet.training.loop.run_state import RunState
from visualnet.training.optimizers import check_recipe
from visualnet.training.recipe.settings import find_problems, options_of_run
from visualnet.training.recipe_params import best_by_options
from visualnet.training.runs.run_status import describe_run
from visualnet.training.script.training_script import training_script
from visualnet.training.terminal.printer import RunPrinter


@pytest.mark.parametrize("name", ["gan-points", "dcgan", "wgan-gp"])
def test_networks_against_each_other_keep_the_last_epoch(name: str) -> None:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    assert project.recipe.best_by == LAST_EPOCH
    assert LAST_EPOCH in best_by_options(project)
    assert "last epoch" in best_by_options(project)["loss"]


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
    printer = RunPrinter(out)
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


def test_what_waits_for_a_value_to_stand_still_is_refused_with_it() -> None:
    early = {"options": {"patience": 2}}
    found = find_problems(Recipe(best_by=LAST_EPOCH, **early))
    assert list(found) == ["patience"]
    assert "never end early" in found["patience"]
    assert "best_by" in found["patience"]
    found = find_problems(Recipe(best_by=LAST_EPOCH, schedule="plateau"))
    assert list(found) == ["schedule"]
    assert "never fall" in found["schedule"]
    assert not find_problems(Recipe(best_by=LAST_EPOCH))
    assert not find_problems(Recipe(schedule="plateau", **early))
    two = (LearnerSpec(name="a"), LearnerSpec(name="b", schedule="plateau"))
    assert list(find_problems(Recipe(best_by=LAST_EPOCH, learners=two))) == ["b.schedule"]
    with pytest.raises(ValueError, match="never end early"):
        check_recipe(Recipe(best_by=LAST_EPOCH, **early), True)


def test_with_a_second_learner_the_last_epoch_is_kept_unless_another_was_chosen() -> None:
    two = add_learner(Project(), "b", of_run=options_of_run())
    assert two.recipe.best_by == LAST_EPOCH
    assert add_learner(edits.set_recipe(two, best_by=LOSS), "c", of_run=options_of_run()).recipe.best_by == LOSS, (
        "said with two learners there"
    )
    assert (
        add_learner(edits.set_recipe(Project(), best_by="accuracy"), "b", of_run=options_of_run()).recipe.best_by
        == "accuracy"
    )
    assert (
        add_learner(edits.set_recipe(Project(), options={"patience": 2}), "b", of_run=options_of_run()).recipe.best_by
        == LOSS
    )
    assert remove_learner(two, "b", of_run=options_of_run()).recipe == Recipe()
    assert find_problems(set_learner(two, "b", schedule="plateau").recipe).keys() == {"b.schedule"}


def test_a_loss_that_tells_the_best_epoch_goes_with_its_learner() -> None:
    two = edits.set_recipe(add_learner(Project(), "b", of_run=options_of_run()), best_by=loss_of("b"))
    assert rename_learner(two, "b", "c").recipe.best_by == loss_of("c")
    assert rename_learner(two, "first", "a").recipe.best_by == loss_of("b")
    assert remove_learner(two, "first", of_run=options_of_run()).recipe.best_by == LOSS
    three = add_learner(two, "c", of_run=options_of_run())
    assert remove_learner(three, "b", of_run=options_of_run()).recipe.best_by == LAST_EPOCH
    assert remove_learner(three, "c", of_run=options_of_run()).recipe.best_by == loss_of("b")


def test_a_file_that_says_nothing_of_it_goes_on_by_the_loss(tmp_path: Path) -> None:
    two = edits.set_recipe(add_learner(Project(), "b", of_run=options_of_run()), best_by=LOSS)
    project_file.save(tmp_path / "two.vnet", two)
    assert "best_by" not in (tmp_path / "two.vnet").read_text("utf-8")
    assert project_file.load(tmp_path / "two.vnet").recipe.best_by == LOSS
