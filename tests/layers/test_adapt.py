"""What adapters propose really fits."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.layers import LAYERS, Spec
from visualnet.layers.declaration.layer import Pattern

ADAPTERS = [tag for tag, kind in LAYERS.items() if kind.adapter]
shapes = st.lists(st.integers(1, 12), min_size=1, max_size=4).map(tuple)


@pytest.mark.parametrize("tag", ADAPTERS)
@given(shapes, shapes, st.data())
def test_a_proposal_gives_the_wanted_size(tag: str, have: tuple[int, ...], target: tuple[int, ...], data: Any) -> None:
    """With a size asked for, what the adapter proposes gives it; what changes nothing is not proposed."""
    if data.draw(st.booleans()):
        target = tuple(data.draw(st.permutations(have)))
    want = Pattern(tuple("abcd"[: len(target)]))
    for params in LAYERS[tag].adapt(Spec(have), want, target):
        (spec,) = LAYERS[tag](params).infer([Spec(have)]).values()
        if tag == "flatten":
            assert prod(spec.shape) == prod(have)
            assert len(spec.shape) < len(have)
        else:
            assert tuple(spec.shape) == target
            assert tuple(spec.shape) != have or tag in ("linear", "conv2d")


@pytest.mark.parametrize(
    ("tag", "have", "target", "params"),
    [
        ("conv2d", (64, 56, 56), (128, 28, 28), {"out_channels": 128, "kernel_size": (1, 1), "stride": (2, 2)}),
        ("conv2d", (64, 56, 56), (128, 56, 56), {"out_channels": 128, "kernel_size": (1, 1)}),
        ("linear", (49, 64), (49, 10), {"out_features": 10}),
        ("adaptive_avg_pool2d", (64, 14, 14), (64, 7, 7), {"output_size": (7, 7)}),
        ("reshape", (64, 49), (64, 7, 7), {"size": (64, 7, 7)}),
        ("permute", (64, 49), (49, 64), {"dims": (2, 1)}),
    ],
)
def test_the_usual_proposals(tag: str, have: tuple[int, ...], target: tuple[int, ...], params: dict[str, Any]) -> None:
    proposed = LAYERS[tag].adapt(Spec(have), Pattern(("*",)), target)
    assert params in list(proposed)
