"""What is fed at a port is made from the value that flows there, exactly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from visualnet.training.observations.feeds.feed import DrawnValue, Feed, FeedUnits
from visualnet.training.observations.feeds.values import PortStatistics, StatisticsSum, make_value

PORT = (("n1",), "y")
MAPS = FeedUnits(0, 3, "channel")


def maps(samples: int = 2) -> Tensor:
    return torch.randn(samples, 3, 4, 5, generator=torch.Generator().manual_seed(1))


def measured(values: Tensor, axis: int = 0, parts: int = 3) -> PortStatistics:
    added = StatisticsSum(axis)
    for part in values.chunk(parts):
        added.add(part)
    return added.finish()


def value_of(feed: Feed, original: Tensor, units: FeedUnits | None = MAPS) -> Tensor:
    return make_value(feed, original, units, lambda: measured(original), lambda at: original[at : at + 1])


def test_statistics_are_those_of_all_samples_at_once() -> None:
    x = maps(7) * 3 + 2
    found = measured(x)
    assert torch.allclose(found.mean, x.mean(0), atol=1e-6)
    assert torch.allclose(found.unit_mean[:, 0, 0], x.mean((0, 2, 3)), atol=1e-6)
    assert torch.allclose(found.unit_std[:, 0, 0], x.std((0, 2, 3), correction=0), atol=1e-6)
    assert torch.equal(found.low[:, 0, 0], x.amin((0, 2, 3))) and torch.equal(found.high[:, 0, 0], x.amax((0, 2, 3)))
    tokens = torch.randn(5, 6, 4)
    assert torch.allclose(measured(tokens, axis=1).unit_std[0], tokens.std((0, 1), correction=0), atol=1e-6)


@pytest.mark.parametrize("kind", ["zeros", "mean", "noise", "sample", "scale", "values"])
@given(units=st.sets(st.integers(0, 2), min_size=1, max_size=2))
def test_units_that_are_not_fed_keep_their_bits(kind: str, units: set[int]) -> None:
    x = maps()
    made = value_of(Feed(PORT, kind, tuple(sorted(units))), x)
    others = [unit for unit in range(3) if unit not in units]
    assert made.shape == x.shape and torch.equal(made[:, others], x[:, others])
    whole = value_of(Feed(PORT, kind), x)
    assert torch.equal(made[:, sorted(units)], whole[:, sorted(units)])


def test_each_kind_is_what_it_says() -> None:
    x = maps()
    assert torch.equal(value_of(Feed(PORT, "zeros"), x), torch.zeros_like(x))
    assert torch.allclose(value_of(Feed(PORT, "mean"), x), x.mean(0, keepdim=True).expand_as(x), atol=1e-6)
    assert torch.equal(value_of(Feed(PORT, "sample", sample=1), x), x[1:].expand_as(x))
    assert torch.equal(value_of(Feed(PORT, "scale", figures=(2.0,)), x), x * 2)
    scaled = value_of(Feed(PORT, "scale", figures=(1.0, 0.0, -3.0)), x)
    assert torch.equal(scaled, x * torch.tensor([1.0, 0.0, -3.0])[:, None, None])
    one = value_of(Feed(PORT, "values", (2,), (5.0,)), x)
    assert torch.equal(one[:, :2], x[:, :2]) and (one[:, 2] == 5).all()
    drawn = value_of(Feed(PORT, "drawing", drawing=DrawnValue(np.array([[[0, 1, 0.5, 1, 1]] * 4], np.float32))), x)
    low, high = x.amin((0, 2, 3)), x.amax((0, 2, 3))
    assert torch.allclose(drawn[1, :, 2, 0], low) and torch.allclose(drawn[0, :, 3, 1], high)
    assert torch.allclose(drawn[0, :, 0, 2], (low + high) / 2, atol=1e-6)


def test_noise_has_the_spread_of_each_unit_and_its_own_seed() -> None:
    x = torch.randn(400, 3, 8, 8) * torch.tensor([0.1, 1.0, 10.0])[:, None, None] + 4
    state = torch.random.get_rng_state()
    made = value_of(Feed(PORT, "noise", seed=3), x)
    assert torch.equal(made, value_of(Feed(PORT, "noise", seed=3), x)) and torch.equal(made[0], made[399])
    assert not torch.equal(made, value_of(Feed(PORT, "noise", seed=4), x))
    assert torch.equal(state, torch.random.get_rng_state()), "torch's own generator is left alone"
    spread = made[0].std((1, 2)) / torch.tensor([0.1, 1.0, 10.0])
    assert ((spread > 0.6) & (spread < 1.5)).all() and abs(made[0, 0].mean() - 4) < 0.1


def test_a_share_blends_from_what_flows_there_to_what_is_fed() -> None:
    x = maps()
    assert torch.equal(value_of(Feed(PORT, "sample", sample=1, share=0.0), x), x)
    half = value_of(Feed(PORT, "sample", sample=1, share=0.5), x)
    assert torch.allclose(half, (x + x[1:]) / 2, atol=1e-6)


def test_tokens_are_replaced_as_whole_numbers() -> None:
    tokens = torch.tensor([[3, 1, 2], [5, 5, 4]])
    made = make_value(Feed(PORT, "sample", sample=1), tokens, None, lambda: measured(tokens), lambda at: tokens[1:])
    assert made.dtype == torch.int64 and made.tolist() == [[5, 5, 4], [5, 5, 4]]


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="2 figures are given for 3 of 3 units"):
        value_of(Feed(PORT, "scale", figures=(1.0, 2.0)), maps())
    with pytest.raises(ValueError, match=r"\(1, 3, 2, 2\)|size of tensor"):
        value_of(Feed(PORT, "drawing", drawing=DrawnValue(np.zeros((3, 2, 2), np.float32))), maps())
