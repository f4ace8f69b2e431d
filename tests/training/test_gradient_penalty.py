"""A Wasserstein GAN with a gradient penalty, as a drawing: equal to the bit with a loop written in torch, and its script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.gan import EACH, EPOCHS, D, gan
from tests.training.script.held import differences
from tests.training.test_learners import GanByHand
from tests.training.test_techniques import train
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.data.loading import load
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel, create_run

WEIGHT = 10.0
PLAIN: dict[str, Any] = {"optimizer": "SGD", "lr": 0.01}


def wgan(critic: dict[str, Any] | None = None) -> Project:
    """The GAN of the other tests with the critic's plain scores as losses, and a penalty on its slope between real and generated points."""
    project = gan({**PLAIN, **(critic or {})}, PLAIN)
    for suffix in ("", "_fake", "_fool"):
        soft = project.graph.named(f"soft{suffix}").id
        project = edits.remove(project, MAIN, [soft])
        source, loss = project.graph.named(f"sign{suffix}").id, project.graph.named(f"loss{suffix or '_real'}").id
        project = edits.connect(project, MAIN, Port(source, "y"), Port(loss, "x"))
    ids = {node.name: node.id for node in project.graph}

    def add(project: Project, new: str, kind: str, wires: dict[str, tuple[str, str]], **fields: Any) -> Project:
        node_id, _, name = new.partition(" ")
        project = edits.add_node(project, MAIN, kind, id=node_id, name=name, params=fields)
        for port, (source, leaving) in wires.items():
            project = edits.connect(project, MAIN, Port(source, leaving), Port(node_id, port))
        return project

    project = add(project, "n50 between", "random_interpolate", {"x1": (ids["x"], "x"), "x2": (ids["fixed"], "y")})
    project = add(project, "n51 c1", "linear", {"x": ("n50", "y")}, out_features=8)
    project = add(project, "n52 ct", "tanh", {"x": ("n51", "y")})
    project = add(project, "n53 c2", "linear", {"x": ("n52", "y")}, out_features=1)
    project = add(project, "n54 penalty", "gradient_penalty", {"score": ("n53", "y"), "x": ("n50", "y")}, weight=WEIGHT)
    project = edits.set_node(project, MAIN, ["n51"], shares=ids["d1"])
    project = edits.set_node(project, MAIN, ["n53"], shares=ids["d2"])
    return edits.set_training(project, MAIN, ["n54"], {"learner": D})


class WganByHand(GanByHand):
    """The loop of the paper: critic steps with a penalty, then the generator."""

    def penalty(self, real: Tensor, fake: Tensor) -> Tensor:
        share = torch.rand(len(real), 1)
        between = (share * real + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(self.d(between).sum(), between, create_graph=True)
        return (slope.norm(2, dim=1) - 1).square().mean()

    def train(self) -> None:
        d, g = self.model.project.recipe.learners
        critic, generator = (
            torch.optim.SGD(part.parameters(), lr=spec.lr, fused=False) for part, spec in ((self.d, d), (self.g, g))
        )
        self.values["penalty"] = []
        for _ in range(EPOCHS):
            for batch in self.batches():
                x = batch[0]
                for _ in range(d.steps):
                    critic.zero_grad()
                    fixed = self.fake(x).detach()
                    real, fake = (self.d(x) * -1.0).mean(), (self.d(fixed) * 1.0).mean()
                    penalty = self.penalty(x, fixed)
                    (real + fake + WEIGHT * penalty).backward()
                    critic.step()
                generator.zero_grad()
                fool = (self.d(self.fake(x)) * -1.0).mean()
                fool.backward()
                generator.step()
                told = {"loss_real": real, "loss_fake": fake, "loss_fool": fool, "penalty": penalty}
                for name, value in told.items():
                    self.values[name].append(value.item())


@pytest.mark.few(1)
@pytest.mark.parametrize("critic", [{}, {"steps": 3}])
def test_it_is_that_of_a_loop_in_torch_also_resumed_and_in_the_script(critic: dict[str, Any], tmp_path: Path) -> None:
    project = wgan(critic)
    assert not infer(project).problems, [p.words for p in infer(project).problems]
    hand = WganByHand(project)
    hand.train()
    model = train(project)
    told = {name: model.steps[name].values.tolist() for name in hand.values}
    assert told == hand.values
    assert min(told["penalty"]) > 0 and len(told["penalty"]) == EPOCHS * EACH
    folder = create_run(project, tmp_path / "run")
    train(project, folder, 7)
    again = train(project, folder, resume=True)
    assert {n: again.steps[n].values.tolist() for n in hand.values} == {n: v[7:] for n, v in hand.values.items()}
    assert differences(project, tmp_path) == []
    assert "gradient_penalty_of(" in (tmp_path / "train.py").read_text()


def test_on_the_validation_set_it_is_0_and_elsewhere_than_at_the_points_it_is_told() -> None:
    project = wgan()
    model = train(project)
    assert model.epochs[-1].validation["penalty"] == 0
    apart = edits.connect(project, MAIN, Port(project.graph.named("x").id, "x"), Port("n54", "x"))
    (problem,) = [p for p in infer(apart).problems if p.node == "n54"]
    assert problem.severity == "warning" and "lead the points through “Random interpolate”" in problem.words
    other = edits.connect(project, MAIN, Port(project.graph.named("d2").id, "y"), Port("n54", "score"))
    failed = RunModel()
    Session(other, load(other.data), failed.consume, threads=1).run()
    assert failed.failed is not None
    assert "the score is not computed from x" in failed.failed.words and failed.failed.path == ("n54",)
