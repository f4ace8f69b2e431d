"""The training script of a recipe with several learners against the session: every number of every step and epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.training.by_hand import tiny
from tests.training.gan import D, G, gan
from tests.training.script.held import differences, printed
from tests.training.script.test_training_script import branched
from tests.training.test_learners import CASES
from visualnet.core import edits
from visualnet.core.edits import learners as edit
from visualnet.core.project import MAIN, LearnerSpec, Project
from visualnet.data.loading import load
from visualnet.training.script import refusals
from visualnet.training.script.training_script import training_script


def two_heads(**recipe: Any) -> Project:
    """Two learners side by side: losses and metrics that count what they ask for, one metric that is no mean, one that none reaches."""
    project = branched(swapped=True)
    nodes = project.graph
    said = {"ce1": {"learner": "a"}, "ce2": {"learner": "b", "unfreeze_at": 0}, "fc1": {"learner": "a"}}
    said |= {
        "fc2": {"learner": "b", "lr_factor": 0.3},
        "fc": {"learner": "b", "unfreeze_at": 1},
        "bn": {"learner": "a"},
    }
    for name, training in said.items():
        project = edits.set_training(project, MAIN, [nodes.named(name).id], training)
    learners = (
        LearnerSpec(
            name="b", optimizer="RMSprop", lr=0.003, schedule="cosine", options={"warmup": 1, "clip_value": 0.01}
        ),
        LearnerSpec(
            name="a",
            steps=2,
            optimizer="SGD",
            lr=0.05,
            momentum=0.9,
            schedule="drawn",
            options={"l1": 0.001, "accumulate": 3, "points": "0:1, 1.5:0.2, 3:0.6"},
        ),
    )
    told = {"epochs": 3, "best_by": "a loss", "options": {"patience": 1, "min_delta": 0.01}, **recipe}
    return msgspec.structs.replace(project, recipe=msgspec.structs.replace(project.recipe, learners=learners, **told))


def grouped() -> Project:
    """Groups that move with a schedule, of both learners; a block whose layers say what they do themselves."""
    project = gan(
        {"schedule": "plateau", "options": {"wait": 0, "warmup": 1, "clip_norm": 0.2, "ema_decay": 0.5}},
        {
            "optimizer": "Adam",
            "lr": 0.01,
            "steps": 3,
            "schedule": "one_cycle",
            "options": {"l1": 0.01, "accumulate": 2},
        },
        epochs=4,
        options={"patience": 2},
        best_by="loss_fool",
    )
    project = edits.set_training(
        project, MAIN, [project.graph.named("d2").id], {"learner": D, "lr_factor": 0.2, "weight_decay": 0.1}
    )
    return edits.set_training(project, "Generator", ["n2"], {"unfreeze_at": 2, "lr_factor": 3.0})


def only() -> Project:
    """One learner that is named, with a loss that counts; and a name that Python has itself."""
    project = tiny(epochs=2)
    loss = next(node for node in project.graph if node.kind == "cross_entropy")
    project = edits.set_params(project, MAIN, [loss.id], {"ignore_index": 1, "weight": 0.5})
    return msgspec.structs.replace(
        project, recipe=msgspec.structs.replace(project.recipe, learners=(LearnerSpec(name="print", lr=0.1),))
    )


PROJECTS = {
    **{name: lambda name=name: gan(*CASES[name]) for name in CASES},
    "two heads": two_heads,
    "groups": grouped,
    "one that is named": only,
    "without validation": lambda: edits.set_data(gan(*CASES["guards"]), split=(1.0, 0.0, 0.0)),
    "names that are alike": lambda: edit.rename_learner(edit.rename_learner(gan(), D, "A_b"), G, "a_b"),
}


@pytest.mark.few(5)
@pytest.mark.parametrize("name", PROJECTS)
def test_the_script_trains_to_the_same_bits(name: str, tmp_path: Path) -> None:
    assert differences(PROJECTS[name](), tmp_path) == []


def test_each_learner_has_its_own_method_and_its_own_figures(tmp_path: Path) -> None:
    text = printed(gan(*CASES["guards"]), tmp_path)
    assert "def discriminator_losses(self, x: Tensor)" in text and "GENERATOR_ACCUMULATE = 4" in text
    body = text.partition("def generator_losses")[2].partition("def evaluate_batch")[0]
    assert "loss_fool" in body and "loss_real" not in body
    assert "\nLR =" not in text


def test_a_setting_of_a_learner_that_no_script_says_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    project = gan(*CASES["guards"])
    monkeypatch.setattr(refusals, "GUARD_PARAMS", refusals.GUARD_PARAMS - {"accumulate"})
    with pytest.raises(refusals.CannotPrint, match="cannot yet say “accumulate”"):
        training_script(project, load(project.data))
