"""Receptive fields by gradient, held against perturbation; and what a unit passes on, held against its own gradient × activation."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from visualnet.training.observations.fields.influence import trace_influence
from visualnet.training.observations.fields.measured import bounds_of, effective_width, measure_field


def test_the_measured_field_is_where_a_perturbation_is_felt() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.Tanh(), nn.Conv2d(3, 2, 3, stride=2)).eval()
    x = torch.randn(2, 1, 10, 9)
    unit = lambda image: net(image)[:, 1, 2, 0]  # noqa: E731
    weights = measure_field(unit, x).mean(0)
    felt = np.zeros((10, 9), np.bool_)
    with torch.no_grad():
        plain = unit(x)
        for row in range(10):
            for column in range(9):
                changed = x.clone()
                changed[:, :, row, column] += 1
                felt[row, column] = bool((unit(changed) != plain).any())
    assert np.array_equal(weights > 0, felt)
    assert bounds_of(weights) == ((3, 8), (0, 4))
    assert bounds_of(np.zeros((3, 3), np.float32)) is None
    leaf = x.clone().requires_grad_()
    expected = torch.autograd.grad(unit(leaf).sum(), leaf)[0].abs().mean((0, 1)).numpy()
    assert np.allclose(weights, expected)


def test_the_effective_width_is_the_part_that_holds_the_weight() -> None:
    assert effective_width(np.full((10, 10), 1.0, np.float32), 0.95) == 0.95
    peak = np.zeros((10, 10), np.float32)
    peak[4, 4] = 1
    assert effective_width(peak) == 0.01
    assert effective_width(np.zeros((2, 2), np.float32)) == 0


def test_what_a_unit_passes_on_adds_up_at_every_tensor_that_all_ways_cross() -> None:
    torch.manual_seed(0)
    first, second, third = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1), nn.Linear(27, 4)
    unit = first(torch.randn(1, 1, 3, 3))
    active = F.relu(unit)
    branch = second(active)
    joined = F.relu(branch + active)
    scores = third(joined.flatten(1))
    place = (0, 1, 1, 2)
    while unit[place] <= 0:
        place = (0, *np.unravel_index(int(unit[0].argmax()), (3, 3, 3)))
    found, total = trace_influence(unit, place, [active, branch, joined, scores], scores[0, 2])
    (gradient,) = torch.autograd.grad(scores[0, 2], unit, retain_graph=True)
    assert np.isclose(total, (gradient[place] * unit[place]).item())
    for tensor in (found[0], found[2], found[3]):
        assert np.isclose(float(tensor.sum()), total, rtol=1e-4)
    assert not np.isclose(float(found[1].sum()), total, rtol=1e-2)  # the rest goes past it
    # By the definition: the unit's effect on each number, times the gradient of the score by that number.
    with torch.no_grad():
        step = 1e-3
        nudged = unit.clone()
        nudged[place] += step
        change = (second(F.relu(nudged)) - branch) / step * unit[place]
    later = torch.autograd.grad(scores[0, 2], branch)[0]
    assert torch.allclose(found[1], later * change, atol=1e-3)


def test_a_unit_that_leads_nowhere_passes_nothing_on() -> None:
    unit = torch.randn(1, 3, requires_grad=True) * 1
    score = (unit[:, :2] * 2).sum()
    found, total = trace_influence(unit, (0, 2), [unit * 3], score)
    assert total == 0
    assert not found[0].any()
