"""The range test on real networks: equal to a loop in torch, no trace left, and words where it cannot be."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest
import torch
from msgspec.structs import replace

from tests.training.gan import gan
from tests.training.nets import lenet, small
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.edits import learners
from visualnet.core.project import DataChoice, LearnerSpec, Project
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import runs_dir
from visualnet.data.loading import load
from visualnet.data.tensors import Sampler, Tensors
from visualnet.resources import resource
from visualnet.training import training_lock
from visualnet.training.estimates.rate_curve import propose, rising_rates
from visualnet.training.estimates.rate_test import run_rate_test
from visualnet.training.estimates.trial import open_trial
from visualnet.training.loop.failures import TrainingRefused
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel
from visualnet.training.training_job import train


def template(name: str, **recipe: object) -> Project:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    return replace(project, recipe=replace(project.recipe, device="cpu", **recipe))


def points(**recipe: object) -> Project:
    return replace(template("perceptron-points", **recipe), data=DataChoice(name="points", options={"n": 200}))


def test_the_losses_are_those_of_a_loop_in_torch() -> None:
    """To the bit: same weights, same batches, same optimizer, each step with the next rate; schedule and warm-up are left out."""
    project = points(optimizer="SGD", schedule="cosine", batch_size=16, options={"warmup": 2})
    data, rates = load(project.data), rising_rates(1e-5, 0.5, 30)
    found = run_rate_test(project, data, lowest=1e-5, highest=0.5, steps=30)
    model = compile_project(project, seed=project.recipe.seed)
    tensors = Tensors(data, model.fields, torch.device("cpu"))
    sampler = Sampler(len(data.train), 16, project.recipe.seed)
    optimizer = torch.optim.SGD(model.objective.parameters(), lr=1.0)
    losses, order, at = [], sampler.shuffle(), 0
    for rate in rates:
        if at == sampler.steps:
            order, at = sampler.shuffle(), 0
        batch = tensors.batch(tensors.indices(data.train[order.numpy()])[16 * at : 16 * at + 16])
        at += 1
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = model.trial(*batch)[0]["loss"]
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert found.losses == tuple(losses[: len(found.losses)]) and len(found.losses) > 20
    assert found.rates == rates[: len(found.rates)]


@pytest.mark.wide
def test_a_good_rate_is_proposed_for_lenet_and_gathered_batches_make_one_step() -> None:
    project = lenet()
    data = load(project.data)
    rate = propose(run_rate_test(project, data)).rate
    assert rate is not None and 0.001 < rate < 1
    several = edits.set_recipe(project, options={"accumulate": 3})
    shares: list[float] = []
    found = run_rate_test(several, data, shares.append, lowest=1e-6, highest=1e-3, steps=20)
    assert len(found.losses) == 20 and len(shares) == 60, "three batches for each rate"


def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    project = points(batch_size=16)
    before, state = project_file.dumps(project), torch.get_rng_state()
    run_rate_test(project, load(project.data), steps=20)
    assert project_file.dumps(project) == before and torch.equal(torch.get_rng_state(), state)
    assert not runs_dir().exists() or not list(runs_dir().iterdir())


def test_what_cannot_be_tested_is_said() -> None:
    project = points(batch_size=500)
    with pytest.raises(ValueError, match=r"in one batch.*make the batch smaller"):
        run_rate_test(project, load(project.data))
    bare = edits.remove(lenet(), "", ["n103"])
    with pytest.raises(TrainingRefused, match="no loss"):
        run_rate_test(bare, load(bare.data))
    with pytest.raises(ValueError, match="there is no device"):
        run_rate_test(edits.set_recipe(project, device="cuda:77"), load(project.data))


def test_a_loss_that_is_nan_at_once_names_the_node() -> None:
    project = points(batch_size=16)
    data = load(project.data)
    bad = data._replace(mean={name: mean * math.nan for name, mean in data.mean.items()})
    with pytest.raises(ValueError, match="the loss became NaN at step 1"):
        run_rate_test(project, bad)


def test_a_training_that_begins_ends_the_test(tmp_path: Path) -> None:
    """It waits for the step in hand only; a test beside a training is refused."""
    from visualnet.training.control import Control
    from visualnet.training.runs.run_model import create_run

    project = points(batch_size=16, epochs=1)
    folder = create_run(project, tmp_path / "run")
    events: list[object] = []
    job = threading.Thread(target=train, args=(project, folder, False, Control(), events.append))

    def check(share: float) -> None:
        if share > 0.1 and not job.ident:
            job.start()
            while not training_lock._trainings:
                pass

    with pytest.raises(training_lock.Busy, match="training goes on"):
        run_rate_test(project, load(project.data), check)
    job.join()
    assert any(getattr(event, "reason", "") == "done" for event in events)
    with training_lock.training(), pytest.raises(training_lock.Busy):
        run_rate_test(project, load(project.data))


def test_with_several_learners_it_says_why_it_finds_no_rate() -> None:
    project = gan()
    with pytest.raises(
        ValueError, match="2 learners work against or beside each other here, and a rate is found for one"
    ):
        run_rate_test(project, load(project.data))


def test_the_only_learner_is_tested_as_the_recipe_itself_would_be() -> None:
    """Its own schedule and warm-up stand still meanwhile, and the rate that is found becomes its own."""
    plain = small(lr=0.5)
    only = LearnerSpec(name="only", optimizer="SGD", schedule="cosine", options={"warmup": 2.0})
    one = edits.set_recipe(plain, learners=(only,))
    found = [
        run_rate_test(project, load(plain.data), steps=20)
        for project in (edits.set_recipe(plain, optimizer="SGD"), one)
    ]
    assert found[0].losses == found[1].losses
    used = learners.set_steps(one, lr=0.0125)
    assert (used.recipe.learners[0].lr, used.recipe.lr) == (0.0125, 0.5)
    assert learners.set_steps(plain, lr=0.0125).recipe.lr == 0.0125
    with pytest.raises(ValueError, match="2 learners make the steps"):
        learners.set_steps(gan(), lr=0.1)


def test_a_trial_step_is_a_round_of_all_learners() -> None:
    """The session's first rounds."""
    project = gan()
    data, model = load(project.data), RunModel()
    Session(project, data, model.consume, threads=1).run()
    with open_trial(project, data) as trial:
        first = [trial.step().item() for _ in range(3)]
        assert trial.peak(trial.step) > 0
    assert first == pytest.approx(model.steps["discriminator loss"].values[:3].tolist(), rel=1e-6), (
        "added up as float32 here"
    )
