"""Searching as people type."""

from __future__ import annotations

from visualnet.core.text.fuzzy_match import fuzzy, rank


def test_fuzzy_search_prefers_beginnings_and_runs() -> None:
    names = ["ConvTranspose2d", "AdaptiveAvgPool2d", "Conv2d", "MaxPool2d", "BatchNorm2d", "MultiheadAttention"]
    assert names[rank("conv", names)[0][0]] == "Conv2d"
    assert names[rank("bn", names)[0][0]] == "BatchNorm2d"
    assert names[rank("ct2", names)[0][0]] == "ConvTranspose2d"
    assert names[rank("pool", names)[0][0]] == "MaxPool2d"
    assert fuzzy("xyz", "Conv2d") is None
    match = fuzzy("c2", "Conv2d")
    assert match is not None and match.places == (0, 4)
    assert [index for index, _ in rank("", names)] == list(range(6))
