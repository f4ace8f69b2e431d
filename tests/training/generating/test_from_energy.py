"""States of low energy: Gibbs sampling against the distribution counted out, recall against the layer's own, and what is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.contract.observed_networks import Observed, observe_template
from visualnet.compiling.extra_modules.own_rules import HopfieldMemory
from visualnet.layers import LAYERS
from visualnet.layers.energies import PairwiseEnergy
from visualnet.training.generating.from_energy import LayerUnits
from visualnet.training.generating.generated_states import GeneratedStates
from visualnet.training.generating.method import GenerationError, find_methods, find_place, make_method
from visualnet.training.observations.context import in_evaluation_mode


def run(found: Observed, method: str, at: str = "", **options: float | str) -> GeneratedStates:
    place = find_place(find_methods()[method], found.analysis, at)
    with in_evaluation_mode(found.model), torch.no_grad():
        made = make_method(method, options).make(found.context, place, lambda share: None)
    assert isinstance(made, GeneratedStates)
    return made


def units_of(kind: str, visible: int, **tensors: Tensor) -> LayerUnits:
    layer = LAYERS[kind]({"hidden_features": 2} if kind != "hopfield" else {})
    assert isinstance(layer, PairwiseEnergy)
    couplings, bias = layer.pairs(tensors)
    return LayerUnits(couplings, bias, layer.apart(visible, len(bias)), layer.levels, visible)


def small(kind: str) -> LayerUnits:
    chance = torch.Generator().manual_seed(3)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=chance)

    if kind == "rbm":
        return units_of(kind, 3, weight=draw(2, 3), hidden_bias=draw(2), visible_bias=draw(3))
    return units_of(kind, 3, weight=draw(5, 5), bias=draw(5))


@pytest.mark.parametrize("kind", ["rbm", "boltzmann"])
@pytest.mark.parametrize("warmth", [1.0, 2.5])
def test_gibbs_sampling_draws_what_its_energy_says(kind: str, warmth: float) -> None:
    """Against all 32 states, each with exp(−E/T) over their sum."""
    units = small(kind)
    every = torch.tensor(list(product((0.0, 1.0), repeat=5)))
    energy = -0.5 * ((every @ units.couplings) * every).sum(1) - every @ units.bias
    wanted = torch.softmax(-energy / warmth, 0)
    chance = torch.Generator().manual_seed(0)
    states = units.begin(torch.zeros(20_000, 3), chance)
    for _ in range(30):
        units.ask(states, warmth, chance)
    codes = (states @ (2.0 ** torch.arange(4, -1, -1))).long()
    found = torch.bincount(codes, minlength=32) / len(states)
    # Three and a half standard deviations of a share over so many draws.
    assert (found - wanted).abs().max() < 3.5 * 0.5 / 20_000**0.5


def test_an_rbm_hears_as_its_module_does() -> None:
    found = observe_template("rbm")
    module = found.context.module(("n3",))
    layer = found.analysis.at(("n3",)).layer
    assert isinstance(layer, PairwiseEnergy)
    with torch.no_grad():
        couplings, bias = layer.pairs(dict(module.named_parameters()))
        seen, hidden = torch.rand(4, 784), torch.rand(4, 128)
        down = torch.nn.functional.linear(hidden, module.weight.t(), module.visible_bias)
        assert torch.allclose(seen @ couplings[:784, 784:] + bias[784:], module.hidden_logits(seen), atol=1e-5)
        assert torch.allclose(hidden @ couplings[784:, :784] + bias[:784], down, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_without_warmth_energy_never_rises_and_units_follow_as_hopfields_do(seed: int, size: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    memory = HopfieldMemory(size, 1)
    weight = torch.randn(size, size, generator=chance)
    with torch.no_grad():
        memory.weight.copy_(weight)
        units = units_of("hopfield", size, weight=weight)
        states = torch.randint(2, (6, size), generator=chance).float() * 2 - 1
        for _ in range(4):
            energy, wanted = memory(states)[1], memory.recall(states)
            units.ask(states, 0.0, chance)
            assert torch.equal(states, wanted)
            assert (memory(states)[1] <= energy + 1e-5).all()


def test_a_stored_pattern_is_recalled_from_a_damaged_one() -> None:
    found = observe_template("hopfield")
    place = find_place(find_methods()["recall"], found.analysis, "store")
    with torch.no_grad():
        seen = found.context.values([place.ports[1]], found.context.batch(found.context.places(200)))[place.ports[1]]
        patterns = torch.unique(seen, dim=0)[:3]
        module = found.context.module(place.ports[0][0])
        module.weight.copy_(patterns.t() @ patterns / 64)
    made = run(found, "recall", "store", count=40, damage=0.1, seed=2)
    stored = patterns.reshape(-1, 8, 8).numpy()
    begun = [one for one in found.context.places(40)]
    raw = found.context.batch(np.array(begun))["pattern"].reshape(-1, 8, 8).numpy()
    mine = [row for row, one in enumerate(raw) if any(np.array_equal(one, known) for known in stored)]
    assert mine, "samples of the patterns that are stored"
    back = [np.array_equal(made.pictures[-1][row], raw[row]) for row in mine]
    assert np.mean(back) >= 0.9
    assert not any(np.array_equal(made.pictures[0][row], raw[row]) for row in mine[:5])
    assert "none changes any more" in made.note


def test_what_stands_on_a_machine_is_shown_by_that_one() -> None:
    found = observe_template("deep-belief")
    places = find_methods()["gibbs"].find(found.analysis)
    assert [place.name for place in places] == ["machine2", "machine1"]
    made = run(found, "gibbs", count=5, steps=12, begin="data")
    assert made.pictures[-1].shape == (5, 28, 28)
    assert made.words == (
        "the beginning",
        *(f"after {n} steps".replace("1 steps", "1 step") for n in (1, 2, 5, 10)),
        "after 12 steps",
    )
    assert ((made.pictures[-1] >= 0) & (made.pictures[-1] <= 1)).all()


def test_weights_that_are_no_numbers_are_told() -> None:
    found = observe_template("boltzmann")
    with torch.no_grad():
        next(iter(found.model.net.parameters())).fill_(torch.nan)
    with pytest.raises(GenerationError, match="no number"):
        run(found, "gibbs")


def test_units_drawn_by_their_means_are_on_as_often_as_in_the_data() -> None:
    found = observe_template("rbm")
    made = run(found, "gibbs", count=400, steps=1, begin="means", seed=3)
    begun = made.pictures[0].reshape(400, -1)
    batch = found.context.batch(found.context.places(256))
    port = find_place(find_methods()["gibbs"], found.analysis, "").ports[1]
    means = found.context.values([port], batch)[port].mean(0).numpy()
    assert set(begun.ravel().tolist()) == {0.0, 1.0}
    # Five standard deviations of a share over so many draws.
    assert abs(begun.mean(0) - means).max() < 5 * 0.5 / 400**0.5
    assert (begun[:, means == 0] == 0).all() and (begun[:, means == 1] == 1).all()
    again = run(found, "gibbs", count=400, steps=1, begin="means", seed=3)
    assert (again.pictures[0] == made.pictures[0]).all()
