"""What is observed of the cards of every shipped network is what torch gives by its own interpreter and by ``backward``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import fx
from torch.utils import _pytree as pytree

from tests.contract import observed_networks
from tests.contract.observed_networks import NETWORKS, Observed, observe_template
from visualnet.resources import resource
from visualnet.training.observations.cards.declare import CardGradients, CardSaturation, CardValues, CardWeights
from visualnet.training.observations.cards.sheet_ports import observed_sheets
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.observations.observation import Result, Subject

OTHERS = [
    p.stem
    for p in sorted(resource("templates", "index.json").parent.glob("*-small.vnet"))
    if p.stem not in NETWORKS.values()
]
SAMPLES = 4


@pytest.mark.few(2)
@pytest.mark.parametrize("name", NETWORKS)
def test_cards_of_a_network_of_each_kind_are_as_torch_has_them(name: str) -> None:
    check_cards(observed_networks.observed(name))


@pytest.mark.wide
@pytest.mark.parametrize("name", OTHERS)
def test_cards_of_every_small_template_are_as_torch_has_them(name: str) -> None:
    check_cards(observe_template(name))


class Recorder(fx.Interpreter):
    """Runs a program and keeps what each node of the drawing gives, by path: all tensors on the way."""

    def __init__(self, program: fx.GraphModule) -> None:
        super().__init__(program)
        self.found: dict[tuple[str, ...], list[torch.Tensor]] = {}

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        parts = pytree.tree_leaves(value)
        self.found.setdefault(n.meta.get("path", ()), []).extend(v for v in parts if isinstance(v, torch.Tensor))
        return value


def check_cards(found: Observed) -> None:
    context = found.context
    context.aim(0)
    batch = context.batch(context.places(SAMPLES))
    with in_evaluation_mode(found.model), torch.no_grad():
        recorder = Recorder(found.model.everything())
        recorder.run(*(batch.get(name) for name in found.model.fields))
    direct = copy.deepcopy(found.model.objective).eval()
    direct(*(batch.get(name) for name in found.model.fields))["loss"].backward()
    gradients = {name: p.grad for name, p in direct.named_parameters()}
    by_id = {id(p): name for name, p in found.model.objective.named_parameters()}

    def observe(kind: Callable[[dict[str, int]], Any], subject: Subject) -> Result:
        with in_evaluation_mode(found.model), torch.no_grad():
            result = kind({"samples": SAMPLES} if kind is not CardWeights else {}).compute(context, subject)
        assert isinstance(result, Result)
        return result

    for path in observed_sheets(found.analysis)[:3]:
        subject = (path, "")
        values = observe(CardValues, subject)
        for row, node in enumerate(values.words["nodes"]):
            candidates = recorder.found.get((*path, node), ())
            sizes = [
                float(np.sqrt(np.mean(np.square(v.double().numpy())))) for v in candidates if v.is_floating_point()
            ]
            if sizes and found.analysis.at((*path, node)).layer is not None:
                assert min(abs(size - values.arrays["size"][row]) for size in sizes) <= 1e-5 * max(sizes) + 1e-12, node
        if subject in CardWeights.subjects(found.analysis):
            weights, slopes = observe(CardWeights, subject), observe(CardGradients, subject)
            assert weights.words["nodes"] == slopes.words["weighted"]
            for row, node in enumerate(weights.words["nodes"]):
                own = list(context.parameters((*path, node)).values())
                norm = torch.cat([p.detach().flatten().double() for p in own]).norm().item()
                assert weights.arrays["norm"][row] == pytest.approx(norm, rel=1e-5)
                parts = [gradients[by_id[id(p)]] for p in own]
                slope = sum(float(g.double().square().sum()) for g in parts if g is not None) ** 0.5
                assert slopes.arrays["weights"][row] == pytest.approx(slope, rel=2e-3, abs=1e-9), node
        if subject in CardSaturation.subjects(found.analysis):
            saturation = observe(CardSaturation, subject)
            for name in ("dead", "saturated"):
                assert ((saturation.arrays[name] >= 0) & (saturation.arrays[name] <= 1)).all()
            assert (saturation.arrays["dead"] <= saturation.arrays["saturated"] + 1e-6).all()
