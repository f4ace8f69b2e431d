"""Several learners in one run: equal to the last bit with a loop written in torch, also after a stop at any round."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from msgspec.structs import replace
from torch import Tensor, nn

from tests.training.by_hand import ByHand, tiny
from tests.training.gan import EACH, EPOCHS, D, G, gan
from tests.training.test_techniques import losses, train
from visualnet.core import edits
from visualnet.core.edits import learners as edit
from visualnet.core.project import MAIN, LearnerSpec, Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.loop.session import Session
from visualnet.training.recipe.settings import find_problems, options_of_run
from visualnet.training.runs.run_changes import find_differences
from visualnet.training.runs.run_model import RunModel, create_run

VALUES = ("loss_real", "loss_fake", "loss_fool")
PLAIN: dict[str, Any] = {"optimizer": "SGD", "lr": 0.1}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": (PLAIN, PLAIN),
    "two optimizers": (PLAIN, {"optimizer": "Adam", "lr": 0.01}),
    "two steps": ({**PLAIN, "steps": 2}, {"optimizer": "Adam", "lr": 0.01, "steps": 3}),
    "schedules": (
        {**PLAIN, "schedule": "exponential", "options": {"gamma": 0.5}},
        {**PLAIN, "steps": 2, "schedule": "cosine"},
    ),
    "guards": (
        {**PLAIN, "options": {"clip_norm": 0.1}},
        {**PLAIN, "steps": 2, "options": {"accumulate": 4, "ema_decay": 0.9}},
    ),
}


class GanByHand(ByHand):
    """The loop of a course: the discriminator against fakes without the generator's gradients, then the generator against it."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        net: Any = self.model.net
        self.d = nn.Sequential(net.d1, nn.Tanh(), net.d2)
        self.g = nn.Sequential(net.make.g1, nn.Tanh(), net.make.g2)
        self.values: dict[str, list[float]] = {name: [] for name in VALUES}
        self.rates: dict[str, list[float]] = {D: [], G: []}  # type: ignore[assignment]
        self.norms: list[float] = []

    def fake(self, x: Tensor) -> Tensor:
        made: Tensor = self.g(x * 0.0 + 1.0 * torch.randn_like(x))
        return made

    def train(self) -> None:
        d, g = self.model.project.recipe.learners
        steppers, schedules = {}, {}
        for spec, part in ((d, self.d), (g, self.g)):
            kind = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}[spec.optimizer]
            fused = {"fused": True} if spec.optimizer == "Adam" else {"fused": False}
            steppers[spec.name] = kind(part.parameters(), lr=spec.lr, **fused)
            schedules[spec.name] = {
                "exponential": lambda o, steps: torch.optim.lr_scheduler.ExponentialLR(o, 0.5),
                "cosine": torch.optim.lr_scheduler.CosineAnnealingLR,
                "constant": lambda o, steps: None,
            }[spec.schedule](steppers[spec.name], EPOCHS * EACH * spec.steps)
        self.average = [p.detach().clone() for p in self.g.parameters()]
        self.averaged, waiting = False, 0
        for _ in range(EPOCHS):
            batches = self.batches()
            for at, batch in enumerate(batches):
                x = batch[0]
                for _ in range(d.steps):
                    steppers[D].zero_grad()
                    fixed = self.fake(x).detach()
                    real, fake = F.softplus(self.d(x) * -1.0).mean(), F.softplus(self.d(fixed) * 1.0).mean()
                    (real + fake).backward()
                    if clip := d.options.get("clip_norm"):
                        self.norms.append(float(nn.utils.clip_grad_norm_(self.d.parameters(), clip)))
                    steppers[D].step()
                for step in range(g.steps):
                    self.rates[G].append(steppers[G].param_groups[0]["lr"])
                    many = g.options.get("accumulate", 1)
                    fool = F.softplus(self.d(self.fake(x)) * -1.0).mean()
                    (fool / many if many > 1 else fool).backward()
                    waiting += 1
                    if waiting == many or (at + 1 == len(batches) and step + 1 == g.steps):
                        waiting = 0
                        steppers[G].step()
                        steppers[G].zero_grad()
                        self.follow(g)
                    if g.schedule == "cosine" and len(self.rates[G]) < EPOCHS * EACH * g.steps:
                        schedules[G].step()
                for name, value in zip(VALUES, (real, fake, fool), strict=True):
                    self.values[name].append(value.item())
            if d.schedule == "exponential":
                schedules[D].step()

    @torch.no_grad()
    def follow(self, spec: LearnerSpec) -> None:
        if decay := spec.options.get("ema_decay"):
            for copy, weight in zip(self.average, self.g.parameters(), strict=True):
                copy.lerp_(weight, 1 - decay) if self.averaged else copy.copy_(weight)
            self.averaged = True


def told(model: RunModel) -> dict[str, list[float]]:
    return {name: model.steps[name].values.tolist() for name in VALUES}


@pytest.mark.few(1)
@pytest.mark.parametrize("case", CASES)
def test_a_gan_is_that_of_a_loop_in_torch_also_after_a_stop_at_any_round(case: str, tmp_path: Path) -> None:
    project = gan(*CASES[case])
    hand = GanByHand(project)
    hand.train()
    model = train(project)
    assert told(model) == hand.values
    assert len(hand.values["loss_fool"]) == EPOCHS * EACH
    whole = {name: series.values.tolist() for name, series in model.steps.items()}
    for stop_at in range(1, EPOCHS * EACH, 1 if case == "guards" else 4):
        folder = create_run(project, tmp_path / f"{stop_at}")
        train(project, folder, stop_at)
        again = train(project, folder, resume=True)
        assert not again.troubles
        assert {name: s.values.tolist() for name, s in again.steps.items()} == {
            name: values[stop_at:] for name, values in whole.items()
        }
    if case == "schedules":
        assert model.rates[G].values.tolist() == hand.rates[G][1::2]
        assert len(set(model.rates[D].values.tolist())) == EPOCHS


def test_the_averaged_copy_and_what_was_clipped_are_each_learners_own() -> None:
    project = gan(*CASES["guards"])
    hand = GanByHand(project)
    hand.train()
    kept: list[Any] = []
    session = Session(project, load(project.data), kept.append, threads=1)
    session.run()
    loop = session._loop
    assert loop is not None
    generator = loop.learners.by_name[G]
    assert all(torch.equal(a, b) for a, b in zip(generator.average, hand.average, strict=True))
    assert not loop.learners.by_name[D].average
    clipped = sum(e.learners[D].clipped for e in kept if isinstance(e, events.Steps))
    assert clipped == sum(norm > 0.1 for norm in hand.norms) > 0
    assert all(e.average for e in kept if isinstance(e, events.EpochDone))


def test_each_learner_runs_only_what_its_losses_need() -> None:
    project = gan({"steps": 2}, {"steps": 3}, epochs=1)
    session = Session(project, load(project.data), lambda event: None, threads=1)
    loop = session._set_up(lambda event: None)
    runs: Counter[str] = Counter()
    net: Any = loop.network.net
    for name, module in (("d1", net.d1), ("make", net.make)):
        module.register_forward_hook(lambda *_, name=name: runs.update([name]))
    loop._train_epoch()
    # The discriminator looks at real points and at fakes in each of its 2 steps, at fakes in each of the generator's 3.
    assert runs == {"d1": EACH * (2 * 2 + 3), "make": EACH * (2 + 3)}


def test_only_the_weights_of_the_learner_whose_turn_it_is_ask_for_gradients() -> None:
    project = gan(epochs=1)
    session = Session(project, load(project.data), lambda event: None, threads=1)
    loop = session._set_up(lambda event: None)
    net: Any = loop.network.net
    seen: list[tuple[bool, bool]] = []
    loop.learners.turns[0].learner.optimizer.register_step_pre_hook(
        lambda *_: seen.append((net.d1.weight.grad is not None, net.make.g1.weight.requires_grad))
    )
    loop.learners.turns[1].learner.optimizer.register_step_pre_hook(
        lambda *_: seen.append((net.make.g1.weight.grad is not None, net.d1.weight.requires_grad))
    )
    loop.run()
    assert seen == [(True, False)] * (2 * EACH)
    assert all(parameter.requires_grad for parameter in net.parameters())


def test_without_a_detach_node_the_other_network_is_not_trained_either() -> None:
    project = gan(*CASES["plain"])
    fixed = project.graph.named("fixed")
    (target,) = [t for t, s in project.graph.wires.items() if s.node == fixed.id]
    source = project.graph.wires[next(t for t in project.graph.wires if t.node == fixed.id)]
    joined = edits.remove(edits.connect(project, MAIN, source, target), MAIN, [fixed.id])
    assert told(train(joined)) == told(train(project))


def test_a_rate_is_set_for_one_learner_or_for_all_in_their_proportion() -> None:
    project = gan({"lr": 0.1}, {"lr": 0.01})
    loop = Session(project, load(project.data), lambda event: None, threads=1)._set_up(lambda event: None)
    loop.set_lr(0.02, G)
    assert [learner.rate.now for learner in loop.learners.by_name.values()] == [0.1, 0.02]
    loop.set_lr(0.05)
    assert [learner.rate.now for learner in loop.learners.by_name.values()] == [0.05, 0.01]


def test_a_run_tells_what_of_its_learners_is_another_than_at_its_beginning(tmp_path: Path) -> None:
    project = gan()
    folder = create_run(project, tmp_path / "run")
    train(project, folder, 3)
    faster = edit.set_learner(project, G, lr=0.5)
    assert find_differences(folder, faster) == []
    assert train(faster, folder, 5, resume=True).rates[G].values.tolist()[-1] == 0.5
    assert find_differences(folder, edit.set_learner(project, G, steps=2)) == ["learners"]
    renamed = edit.rename_learner(project, G, "maker")
    model = RunModel()
    Session(renamed, load(project.data), model.consume, folder=folder, resume=True, threads=1).run()
    assert model.failed is not None
    assert f"was trained by “{D}” and “{G}”, not by “{D}” and “maker”" in model.failed.words


def test_the_node_at_fault_is_found_in_the_part_that_failed() -> None:
    project = gan()
    sign, soft = (project.graph.named(f"{name}_fool") for name in ("sign", "soft"))
    project = edits.set_params(project, MAIN, [sign.id], {"scale": 1e9})
    nodes = {**project.graph.nodes, soft.id: replace(soft, kind="exp")}
    project = project.with_sheet(MAIN, replace(project.graph, nodes=nodes))
    model = RunModel()
    Session(project, load(project.data), model.consume, threads=1).run()
    assert model.failed is not None
    assert model.failed.kind == "nonfinite"
    assert model.failed.path == (soft.id,)
    assert "at step 1:" in model.failed.words


def test_two_learners_side_by_side_are_two_networks_trained_alone() -> None:
    """Where no node is named, each learner trains what its loss reaches."""
    alone = tiny(lr=0.05)
    both, copies = alone, {}
    for node in alone.graph:
        if node.kind not in ("input", "target", "output", "accuracy"):
            new = edits.new_id(both.graph)
            both = edits.add_node(both, MAIN, node.kind, id=new, name=f"{node.name}_b", params=node.params)
            copies[node.id] = new
    for target, source in alone.graph.wires.items():
        if target.node in copies:
            both = edits.connect(
                both, MAIN, replace_node(source, copies.get(source.node)), replace_node(target, copies[target.node])
            )
    cost = both.graph.named("cost").id
    both = edit.add_learner(both, "b", [cost], of_run=options_of_run())
    both = edits.set_training(both, MAIN, [copies[cost]], {"learner": "b"})
    model = train(both)
    assert model.steps["cost"].values.tolist() == losses(train(alone))
    assert not model.troubles
    assert set(model.steps) == {"loss", "cost", "cost_b", "score", "first loss", "b loss"}


def replace_node(port: Any, node_id: str | None) -> Any:
    return port._replace(node=node_id) if node_id else port


def test_what_is_about_the_whole_run_stays_with_the_recipe() -> None:
    project = edits.set_recipe(tiny(), options={"patience": 2, "clip_norm": 1.0})
    two = edit.add_learner(project, "b", [project.graph.named("cost").id], of_run=options_of_run())
    assert [dict(learner.options) for learner in two.recipe.learners] == [{"clip_norm": 1.0}] * 2
    assert edit.remove_learner(two, "b", of_run=options_of_run()).recipe == project.recipe
    assert edit.remove_learner(two, "b", of_run=options_of_run()).graph == project.graph
    told = find_problems(edit.set_learner(two, "b", options={"patience": 3}).recipe)
    assert list(told) == ["b.patience"]
    assert "about the whole run" in told["b.patience"]
    assert list(find_problems(edit.set_learner(two, "b", optimizer="Magic").recipe)) == ["b.optimizer"]


def test_one_named_learner_is_the_recipe_itself_to_the_bit() -> None:
    alone = tiny(lr=0.05)
    named = edits.set_recipe(alone, learners=(LearnerSpec(name="only", lr=0.05),))
    assert losses(train(named)) == losses(train(alone))
    assert replace(alone.recipe, learners=()) == alone.recipe
