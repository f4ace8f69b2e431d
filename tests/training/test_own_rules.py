"""Learning rules whose gradient is a loss: a step of SGD by autograd is the step that the papers write, frozen parts stay."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from safetensors.torch import load_file
from torch import Tensor, nn

from tests.training.script.held import differences
from tests.training.test_session import train, values
from tests.training.test_techniques import train as train_to
from visualnet.compiling.extra_modules import (
    BoltzmannMachine,
    HopfieldMemory,
    KohonenMap,
    RadialBasis,
    RestrictedBoltzmannMachine,
)
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.runs.run_model import create_run

LR = 0.1
CLOSE = {"rtol": 0.0, "atol": 1e-6}
seeds = st.integers(0, 10_000)


def template(name: str, epochs: int = 1) -> Project:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    return replace(project, recipe=replace(project.recipe, epochs=epochs, seed=3))


def step(module: nn.Module, loss: Tensor) -> None:
    """One step of plain gradient descent."""
    module.zero_grad()
    loss.backward()
    torch.optim.SGD(module.parameters(), lr=LR).step()


@settings(max_examples=15)
@given(seeds)
def test_hopfield_stores_by_hebb(seed: int) -> None:
    torch.manual_seed(seed)
    memory = HopfieldMemory(12, 3)
    x = torch.randn(5, 12).sign()
    step(memory, memory(x)[1].mean())
    hebb = torch.zeros(12, 12)
    for pattern in x:
        hebb += 0.5 * LR / len(x) * torch.outer(pattern, pattern)
    torch.testing.assert_close(memory.weight.detach(), hebb.fill_diagonal_(0), **CLOSE)


@settings(max_examples=15)
@given(seeds)
def test_recall_never_climbs_and_finds_what_was_stored(seed: int) -> None:
    torch.manual_seed(seed)
    memory = HopfieldMemory(10, 2)
    nn.init.normal_(memory.weight)
    x = torch.randn(6, 10).sign()
    with torch.no_grad():
        recalled, before = memory(x)
        after = memory(recalled)[1]
        assert (after <= before + 1e-5).all()
        memory.weight.copy_(torch.outer(x[0], x[0]))
        damaged = x[:1].clone()
        damaged[:, :3] *= -1
        assert torch.equal(memory(damaged)[0], x[:1])


@settings(max_examples=15)
@given(seeds)
def test_kohonen_moves_winner_and_neighbours(seed: int) -> None:
    torch.manual_seed(seed)
    units = KohonenMap(3, 4, 5, 2.0, 0.5, 10)
    x = torch.rand(1, 3)
    wanted = units.weight.detach().clone()
    best = int((wanted - x).norm(dim=1).argmin())
    for unit in range(20):
        far = (unit // 5 - best // 5) ** 2 + (unit % 5 - best % 5) ** 2
        wanted[unit] += LR * math.exp(-far / (2 * 2.0**2)) * (x[0] - wanted[unit])
    place, distance, stress = units.train()(x)
    assert place.tolist() == [[best // 5, best % 5]]
    torch.testing.assert_close(distance, (x - units.weight[best]).norm(dim=1))
    step(units, stress.sum())
    torch.testing.assert_close(units.weight.detach(), wanted, **CLOSE)


def test_the_neighbourhood_shrinks_in_training_alone() -> None:
    units = KohonenMap(2, 5, 5, 3.0, 0.5, 10)
    x = torch.rand(1, 2)
    first = units.eval()(x)[2]
    assert torch.equal(units(x)[2], first) and units.steps == 0
    for _ in range(25):
        units.train()(x)
    assert units.steps == 25
    assert bool(units.eval()(x)[2] < first)
    again = KohonenMap(2, 5, 5, 3.0, 0.5, 10)
    again.load_state_dict(units.state_dict())
    assert torch.equal(again.eval()(x)[2], units(x)[2])


@pytest.mark.parametrize("k", [1, 3])
@settings(max_examples=10)
@given(seeds)
def test_contrastive_divergence(k: int, seed: int) -> None:
    torch.manual_seed(seed)
    machine = RestrictedBoltzmannMachine(8, 5, k).train()
    nn.init.normal_(machine.weight)
    x = (torch.rand(7, 8) < 0.5).float()
    w, b, c = (p.detach().clone() for p in (machine.weight, machine.visible_bias, machine.hidden_bias))
    torch.manual_seed(seed)
    _, again, contrast = machine(x)
    torch.manual_seed(seed)
    seen = x
    for _ in range(k):
        h = (torch.rand(7, 5) < (seen @ w.T + c).sigmoid()).float()
        seen = (h @ w + b).sigmoid()
    torch.testing.assert_close(again, seen, **CLOSE)
    step(machine, contrast.mean())
    held, free = (x @ w.T + c).sigmoid(), (seen @ w.T + c).sigmoid()
    torch.testing.assert_close(machine.weight.detach(), w + LR * (held.T @ x - free.T @ seen) / 7, **CLOSE)
    torch.testing.assert_close(machine.visible_bias.detach(), b + LR * (x - seen).mean(0), **CLOSE)
    torch.testing.assert_close(machine.hidden_bias.detach(), c + LR * (held - free).mean(0), **CLOSE)


@pytest.mark.parametrize("k", [1, 3])
@settings(max_examples=10)
@given(seeds)
def test_persistent_contrastive_divergence(k: int, seed: int) -> None:
    torch.manual_seed(seed)
    machine = RestrictedBoltzmannMachine(8, 5, k, chains=11).train()
    nn.init.normal_(machine.weight)
    assert set(machine.states.unique().tolist()) <= {0.0, 1.0}
    s = machine.states.clone()
    for turn in range(2):  # the second batch goes on where the first left the chains
        x = (torch.rand(7, 8) < 0.5).float()
        w, b, c = (p.detach().clone() for p in (machine.weight, machine.visible_bias, machine.hidden_bias))
        torch.manual_seed(seed + turn)
        step(machine, machine(x)[2].mean())
        torch.manual_seed(seed + turn)
        for _ in range(k):
            torch.rand(7, 5)  # what is imagined of x is drawn first
        for _ in range(k):
            h = torch.bernoulli((s @ w.T + c).sigmoid())
            s = torch.bernoulli((h @ w + b).sigmoid())
        assert torch.equal(machine.states, s)
        held, free = (x @ w.T + c).sigmoid(), (s @ w.T + c).sigmoid()
        torch.testing.assert_close(machine.weight.detach(), w + LR * (held.T @ x / 7 - free.T @ s / 11), **CLOSE)
        torch.testing.assert_close(machine.visible_bias.detach(), b + LR * (x.mean(0) - s.mean(0)), **CLOSE)
        torch.testing.assert_close(machine.hidden_bias.detach(), c + LR * (held.mean(0) - free.mean(0)), **CLOSE)
    machine.eval()(x)
    assert torch.equal(machine.states, s), "at rest they stay"


def test_chains_go_on_to_the_bit_with_a_resumed_run_and_in_the_script(tmp_path: Path) -> None:
    project = edits.set_recipe(template("rbm", 2), device="cpu")
    project = edits.set_params(project, MAIN, [project.graph.named("machine").id], {"hidden_features": 4, "chains": 5})
    project = replace(project, data=replace(project.data, split=(0.05, 0.01, 0.94)))
    whole = train(project)
    folder = create_run(project, tmp_path / "run")
    train_to(project, folder, 5)
    kept = load_file(next(folder.rglob("weights.safetensors")))
    (states,) = (tensor for name, tensor in kept.items() if name.endswith("states"))
    assert states.shape == (5, 784) and set(states.unique().tolist()) == {0.0, 1.0}
    again = train_to(project, folder, resume=True)
    assert values(again, "loss") == values(whole, "loss")[5:]
    assert differences(project, tmp_path) == []


def test_a_machine_without_chains_keeps_no_states() -> None:
    assert set(RestrictedBoltzmannMachine(8, 5, 1).state_dict()) == {"weight", "hidden_bias", "visible_bias"}


def test_the_free_energy_is_that_of_all_hidden_states_together() -> None:
    torch.manual_seed(0)
    machine = RestrictedBoltzmannMachine(4, 3, 1)
    for parameter in machine.parameters():
        nn.init.normal_(parameter)
    x = (torch.rand(6, 4) < 0.5).float()
    hidden = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)
    energy = -(x @ machine.weight.T) @ hidden.T - (x @ machine.visible_bias)[:, None] - hidden @ machine.hidden_bias
    torch.testing.assert_close(machine.free_energy(x, machine.hidden_logits(x)), -(-energy).logsumexp(1))


@settings(max_examples=10)
@given(seeds)
def test_boltzmanns_rule(seed: int) -> None:
    torch.manual_seed(seed)
    machine = BoltzmannMachine(5, 3, 2).train()
    nn.init.normal_(machine.weight)
    x = (torch.rand(6, 5) < 0.5).float()
    w, b = machine.weight.detach().clone(), machine.bias.detach().clone()
    torch.manual_seed(seed)
    held = machine.gibbs_sweeps(torch.cat([x, torch.full((6, 3), 0.5)], 1), 5)[0]
    free = machine.gibbs_sweeps(held, 0)[0]
    assert torch.equal(held[:, :5], x) and set(free.unique().tolist()) <= {0.0, 1.0}
    torch.manual_seed(seed)
    step(machine, machine(x)[2].mean())
    change = 0.5 * (held.T @ held - free.T @ free) / 6
    torch.testing.assert_close(machine.weight.detach(), w + LR * change.fill_diagonal_(0), **CLOSE)
    torch.testing.assert_close(machine.bias.detach(), b + LR * (held - free).mean(0), **CLOSE)


def test_a_boltzmann_machine_left_alone_has_boltzmanns_distribution() -> None:
    """Three units, all states enumerated: how often each is seen after many sweeps."""
    torch.manual_seed(0)
    machine = BoltzmannMachine(2, 1, 30).train()
    nn.init.normal_(machine.weight)
    nn.init.normal_(machine.bias)
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)
    wanted = (-machine.energy(states)).softmax(0).detach()
    seen = machine.gibbs_sweeps(torch.zeros(20_000, 3), 0)[0]
    found = torch.stack([(seen == state).all(1).float().mean() for state in states])
    assert (found - wanted).abs().max() < 0.02


def test_a_bump_is_one_at_its_centre_and_falls_off_by_its_width() -> None:
    bumps = RadialBasis(2, 3, 1.0, 0.5)
    with torch.no_grad():
        there = bumps(bumps.weight)
        torch.testing.assert_close(there.diagonal(), torch.ones(3))
        beside = bumps(bumps.weight + torch.tensor([0.5, 0.0]))
    torch.testing.assert_close(beside.diagonal(), torch.full((3,), math.exp(-0.5)))


def test_the_slope_of_a_code_is_its_jacobian_on_average() -> None:
    """The contractive penalty as it is drawn, against the Jacobian of autograd."""
    model = compile_project(template("contractive-autoencoder"), seed=0)
    net = model.net.train()
    image = torch.rand(1, 1, 28, 28)

    def code(x: Tensor) -> Tensor:
        return torch.sigmoid(net.encode2(torch.sigmoid(net.encode1(x.flatten(1)))))

    jacobian = torch.autograd.functional.jacobian(lambda x: code(x)[0], image)
    wanted = float(jacobian.square().sum())
    torch.manual_seed(0)
    drawn, _ = model.trial(image.expand(4000, 1, 28, 28).clone())
    assert float(drawn["slope"].detach()) == pytest.approx(wanted, rel=0.05), "the loss of the drawing itself"
    x = image.expand(4000, 1, 28, 28).clone().requires_grad_()
    (slope,) = torch.autograd.grad((code(x) * torch.randn(4000, 64)).sum(), x)
    assert float(slope.flatten(1).square().sum(1).mean()) == pytest.approx(wanted, rel=0.05)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["hopfield", "rbf"])
def test_the_same_seed_gives_the_same_bits(name: str) -> None:
    assert values(train(template(name, 2))) == values(train(template(name, 2)))


@pytest.mark.parametrize(
    ("name", "frozen", "learned"), [("svm", "kernel", "scores"), ("echo-state", "reservoir", "logits")]
)
def test_what_is_frozen_gets_no_step(name: str, frozen: str, learned: str) -> None:
    model = compile_project(template(name), seed=0)
    assert not any(p.requires_grad for p in getattr(model.net, frozen).parameters())
    assert all(p.requires_grad for p in getattr(model.net, learned).parameters())


def test_the_reservoir_echoes_fade() -> None:
    net = compile_project(template("echo-state"), seed=0).net
    radius = torch.linalg.eigvals(net.reservoir.weight_hh_l0).abs().max()
    assert float(radius) == pytest.approx(0.9, abs=1e-3)
