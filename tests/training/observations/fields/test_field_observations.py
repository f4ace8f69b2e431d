"""Receptive fields and paths in whole networks: held against perturbation, and against gradient × activation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from tests.contract.observed_networks import observed
from tests.training.observations.attribution.test_attribution_observations import image_of, see
from tests.training.observations.excitation.test_excitation_observations import port_of
from visualnet.figures.charts.observed.side_by_side import SideBySideChart
from visualnet.training.observations.fields.influence import TwiceDifferentiable
from visualnet.training.observations.observation import Subject, find_observations


def test_a_place_sees_what_a_perturbation_reaches_and_no_more_than_is_computed() -> None:
    found = observed("convolutional")
    subject = port_of("convolutional", 1)
    seen = see(found, "receptive_field", subject, row=0, column=4, samples=16)
    image = image_of(found)
    felt = np.zeros((28, 28), np.bool_)
    with torch.no_grad():
        plain = found.context.values([subject], {"image": image})[subject][0, :, 0, 4]
        for row in range(28):
            changed = image.repeat(28, 1, 1, 1)
            changed[range(28), 0, row, range(28)] += 3
            values = found.context.values([subject], {"image": changed})[subject][:, :, 0, 4]
            felt[row] = ((values - plain).abs() > 1e-6).any(1).numpy()
    (top, bottom), (left, right) = seen.arrays["computed"].astype(int)
    assert (bottom - top, right - left) == (12, 14)  # 14 cells, two of them padding above
    rows, columns = np.nonzero(felt)
    assert top <= rows.min() <= rows.max() < bottom
    assert left <= columns.min() <= columns.max() < right
    weights = seen.arrays["map_0"]
    outside = weights.copy()
    outside[top:bottom, left:right] = 0
    assert not outside.any()
    assert not (felt & (weights == 0)).any()
    (top_m, bottom_m), (left_m, right_m) = seen.arrays["measured"].astype(int)
    assert (top_m, bottom_m, left_m, right_m) == (top, bottom, left, right)
    assert "hold 95 % of the weight" in seen.note


def test_what_a_unit_adds_is_the_same_at_every_node_of_a_chain() -> None:
    found = observed("convolutional")
    subject = port_of("convolutional", 0)
    seen = see(found, "path_to_score", subject, channel=1, row=12, column=12)
    added, total = seen.arrays["added"], float(seen.arrays["total"])
    assert len(added) == len(seen.words["nodes"]) > 5
    assert np.allclose(added, total, rtol=1e-3, atol=1e-6)
    image = image_of(found).requires_grad_()
    with torch.enable_grad():
        values = found.context.values([subject, found.context.scores_port], {"image": image}, gradients=True)
        maps, scores = values[subject], values[found.context.scores_port]
        (gradient,) = torch.autograd.grad(scores[0].max(), maps, retain_graph=True)
    assert np.isclose(total, (gradient * maps)[0, 1, 12, 12].item(), atol=1e-6)
    chart = find_observations()["path_to_score"]().draw(seen, [(0, seen)])
    assert isinstance(chart, SideBySideChart)
    assert any(str(cell).startswith("c3 · via ") for row in chart.rows() for cell in row)


def test_where_ways_part_the_branches_add_up_and_blocks_are_gone_through() -> None:
    found = observed("residual")
    inside: list[Subject] = [s for s in find_observations()["path_to_score"].subjects(found.analysis) if len(s[0]) > 1]
    seen = see(found, "path_to_score", inside[0])
    added, total = seen.arrays["added"], float(seen.arrays["total"])
    assert np.isclose(added[-1], total, rtol=1e-3, atol=1e-6)
    assert any("›" in name for name in seen.words["nodes"])
    assert any("›" not in name for name in seen.words["nodes"])


@pytest.mark.parametrize(
    ("name", "node"),
    [("attention", ("n6#1", "n3")), ("recurrent", ("n2",)), ("gated", ("n2",)), ("translating", ("n2",))],
)
def test_the_way_leads_through_attention_and_recurrent_layers(name: str, node: tuple[str, ...]) -> None:
    found = observed(name)
    subject = next(s for s in find_observations()["path_to_score"].subjects(found.analysis) if s[0] == node)
    seen = see(found, "path_to_score", subject)
    total = float(seen.arrays["total"])
    assert total != 0
    assert np.isclose(seen.arrays["added"][-1], total, rtol=1e-3)


def test_attention_made_of_plain_operations_answers_the_same() -> None:
    generator = torch.Generator().manual_seed(0)
    query = torch.randn((2, 3, 5, 4), generator=generator, requires_grad=True)
    layer = nn.MultiheadAttention(4, 2, batch_first=True)

    def attend() -> tuple[torch.Tensor, torch.Tensor]:
        fused = F.scaled_dot_product_attention(query, query, query, is_causal=True)
        return fused, layer(query[:, 0], query[:, 0], query[:, 0], need_weights=False)[0]

    plain = attend()
    with TwiceDifferentiable():
        twice = attend()
    for a, b in zip(plain, twice, strict=True):
        assert torch.allclose(a, b, atol=1e-6)
        (first,) = torch.autograd.grad(b.square().sum(), query, create_graph=True)
        assert torch.autograd.grad(first.square().sum(), query)[0].any()


def test_networks_without_places_say_what_makes_sense() -> None:
    kind = find_observations()["receptive_field"]
    assert kind.subjects(observed("points").analysis) == []
    assert "saliency" in kind.why_none
    words = see(observed("gated"), "receptive_field", kind.subjects(observed("gated").analysis)[0], row=4)
    assert words.arrays["map_0"].shape == (20,)
    assert np.flatnonzero(words.arrays["map_0"]).tolist() == [4]
