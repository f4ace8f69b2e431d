"""The search for a layer: by name, tag and keyword, with parameters typed after it, presets and blocks among the rest."""

from __future__ import annotations

from typing import Any

import pytest

from visualnet.analysis.connect.layer_search import count_use, entries, search, usage
from visualnet.core import edits
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.user import presets
from visualnet.layers import LAYERS


@pytest.mark.parametrize(
    ("query", "kind", "params"),
    [
        ("conv 5x5 16 s2", "conv2d", {"kernel_size": 5, "out_channels": 16, "stride": 2}),
        ("conv 16 3 p1", "conv2d", {"kernel_size": 3, "out_channels": 16, "padding": 1}),
        ("conv x16 3x5", "conv2d", {"kernel_size": (3, 5), "out_channels": 16}),
        ("conv2d k=3 reflect no-bias", "conv2d", {"kernel_size": 3, "padding_mode": "reflect", "bias": False}),
        ("conv kernel_size=7 stride=2", "conv2d", {"kernel_size": 7, "stride": 2}),
        ("conv p=same 3x3", "conv2d", {"padding": "same", "kernel_size": 3}),
        ("linear 10", "linear", {"out_features": 10}),
        ("dropout .3", "dropout", {"p": 0.3}),
        ("max pool 3x3 s2", "max_pool2d", {"kernel_size": 3, "stride": 2}),
        ("lstm 128 2", "lstm", {"hidden_size": 128, "num_layers": 2}),
        ("input 3x32x32", "input", {"size": (3, 32, 32)}),
        ("stage 64", "block:stage", {"channels": 64}),
        ("conv classes", "conv2d", None),
        ("l1", "l1", {}),
        ("conv2d 5x5x5x5", None, None),
        ("relu 5x5", None, None),
        ("relu s2", None, None),
    ],
)
def test_what_is_typed_after_the_name(query: str, kind: str | None, params: dict[str, Any] | None) -> None:
    project = Project(blocks={"stage": Block(params={"channels": 16})})
    found = search(query, entries(project, MAIN), project)
    if params is None:
        assert not [f for f in found if f.given.params and not f.entry.kind.startswith("library:")]
    else:
        assert (found[0].entry.kind, dict(found[0].given.params)) == (kind, params)


def test_a_block_typed_with_a_number_of_times() -> None:
    project = Project(blocks={"stage": Block(params={"channels": 16})})
    (found,) = search("stage x3 channels=8", entries(project, MAIN), project)
    assert (dict(found.given.params), found.given.repeat) == ({"channels": 8}, 3)


def test_a_preset_is_an_entry_of_its_own() -> None:
    presets.keep_preset("conv2d", "stem", {"kernel_size": 7, "stride": 2})
    presets.keep_preset("conv2d", "narrow", {"out_channels": 4})
    presets.begin_with("conv2d", "stem")
    project = Project()
    best = search("stem", entries(project, MAIN), project)[0]
    assert (best.entry.kind, best.entry.label) == ("conv2d", "Conv2d: stem")
    assert best.entry.preset == {"kernel_size": 7, "stride": 2}
    narrow = search("narrow", entries(project, MAIN), project)[0].entry
    assert narrow.preset["out_channels"] == 4
    assert LAYERS["conv2d"]({**narrow.preset}).values()["stride"] == (1, 1), "what “stem” sets is not carried over"
    typed = search("stem 16", entries(project, MAIN), project)[0]
    assert typed.given.params == {"out_channels": 16}


@pytest.mark.parametrize(
    ("query", "kind"), [("conv2", "conv2d"), ("rectifier", "relu"), ("bn", "batch_norm2d"), ("cross", "cross_entropy")]
)
def test_the_search_finds_by_label_tag_and_keyword(query: str, kind: str) -> None:
    found = [f.entry.kind for f in search(query, entries(Project(), MAIN), Project())]
    assert kind in found[:3]


def test_what_is_used_most_comes_first() -> None:
    project = Project()
    for at in range(4):
        project = edits.add_node(project, MAIN, "gelu", at=(at * 200, 0))
    assert search("", entries(project, MAIN), project, usage(project, {}))[0].entry.kind == "gelu"


def test_only_what_is_not_of_a_project_is_counted() -> None:
    kept: dict[str, Any] = {"relu": "often"}
    for kind in ("relu", "relu", "block:stage", "library:stem"):
        count_use(kept, kind)
    assert kept == {"relu": 2, "library:stem": 1}
