"""What is typed after a layer's name: every parameter can be written and is read back, by name, by place and by kind."""

from __future__ import annotations

import random
from typing import Any

import pytest

from visualnet.core.graph import BLOCK_PREFIX, Graph
from visualnet.core.project import Block, Project
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Bool, Choice, Float, Int, Ints
from visualnet.layers.shorthand import NONE, Reader, TypedParameters, looks_typed

BARE = Project()


def read(kind: str, text: str, project: Project = BARE) -> TypedParameters:
    """Read all words; each must be taken."""
    reader = Reader(kind, project)
    assert [word for word in text.split() if not reader.take(word)] == []
    return reader.given()


@pytest.mark.parametrize(
    ("kind", "text", "params"),
    [
        ("conv2d", "5x5 16 s2", {"kernel_size": 5, "out_channels": 16, "stride": 2}),
        ("conv2d", "16 5", {"out_channels": 16, "kernel_size": 5}),
        ("conv2d", "16, k3 p1", {"out_channels": 16, "kernel_size": 3, "padding": 1}),
        ("conv2d", "KERNEL_SIZE=3x5", {"kernel_size": (3, 5)}),
        ("conv2d", "k=3×5", {"kernel_size": (3, 5)}),
        ("conv2d", "ks=3x3", {"kernel_size": 3}),
        ("conv2d", "p=same no-bias", {"padding": "same", "bias": False}),
        ("conv2d", "same", {"padding": "same"}),
        ("conv2d", "reflect bias", {"padding_mode": "reflect", "bias": True}),
        ("conv2d", "pm=reflect", {"padding_mode": "reflect"}),
        ("conv2d", "d2 g4", {"dilation": 2, "groups": 4}),
        ("conv2d", "x3", {"out_channels": 3}),
        ("conv2d", "out=2*c", {"out_channels": "2*c"}),
        ("linear", "10 no_bias", {"out_features": 10, "bias": False}),
        ("linear", "nobias", {"bias": False}),
        ("linear", "bias=off", {"bias": False}),
        ("linear", "b=1", {"bias": True}),
        ("dropout", "0.3", {"p": 0.3}),
        ("dropout", ".5", {"p": 0.5}),
        ("dropout", "p=0.25", {"p": 0.25}),
        ("input", "3x32x32", {"size": (3, 32, 32)}),
        ("input", "784", {"size": (784,)}),
        ("input", "4x4", {"size": (4, 4)}),
        ("input", "int label=1", {"dtype": "int"}),
        ("softmax", "d−1", {"dim": -1}),
        ("softmax", "-2", {"dim": -2}),
    ],
)
def test_words_become_parameters(kind: str, text: str, params: dict[str, Any]) -> None:
    if "label" in text:
        reader = Reader(kind, BARE)
        assert reader.take("int") and not reader.take("label=1")
        assert reader.given().params == params
        return
    found = read(kind, text, Project(constants={"c": 8}))
    assert found.params == params
    assert {name: type(value) for name, value in found.params.items()} == {n: type(v) for n, v in params.items()}
    assert found and found.repeat == 1


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("linear", "zebra"),
        ("linear", "-4"),  # no layer has so many features
        ("linear", "zebra=3"),
        ("linear", "bias=maybe"),
        ("linear", "2x3"),
        ("linear", "x0"),
        ("conv2d", "−3"),
        ("conv2d", "16.5"),
        ("conv2d", "k=2x3x4"),
        ("conv2d", "padding_mode=sideways"),
        ("dropout", "1.5"),
        ("relu", "7"),
        ("no such layer", "7"),
        (BLOCK_PREFIX + "gone", "7"),
    ],
)
def test_what_no_parameter_takes_is_left(kind: str, word: str) -> None:
    reader = Reader(kind, BARE)
    assert not reader.take(word)
    assert reader.given() is NONE
    assert not reader.given()


def test_a_parameter_that_was_given_is_not_given_again_by_place() -> None:
    """By name the last word counts; a bare number goes to the next that is free, and then to none."""
    assert read("linear", "o=5 out=7").params == {"out_features": 7}
    reader = Reader("linear", BARE)
    assert reader.take("5") and not reader.take("6")
    assert reader.given().params == {"out_features": 5}


def test_what_is_folded_away_is_never_meant_by_a_bare_number() -> None:
    for kind in LAYERS.values():
        reader = Reader(kind.tag, BARE)
        while reader.take("1"):
            pass
        assert not any(kind.params[name].more for name in reader.params), kind.tag


def test_every_parameter_of_every_layer_is_read_back_by_its_name() -> None:
    """Written as ``name=value`` in any order, the values that were drawn come back; and the layer takes them."""
    rng = random.Random(5)
    told = 0
    for kind in LAYERS.values():
        wanted: dict[str, Any] = {}
        for name, param in kind.params.items():
            if isinstance(param, Bool):
                wanted[name] = rng.random() < 0.5
            elif isinstance(param, Choice):
                wanted[name] = rng.choice([o for o in param.options if o == o.lower()] or [param.default])
            elif isinstance(param, Int):
                wanted[name] = rng.randint(max(param.low, -5), min(param.high, 9))
            elif isinstance(param, Float):
                wanted[name] = round(rng.uniform(max(param.low, -2), min(param.high, 2)), 3)
            elif isinstance(param, Ints):
                low, high = max(param.low, -5), min(param.high, 9)
                wanted[name] = tuple(rng.sample(range(low, high + 1), param.rank or 2)) if param.rank != 1 else high
        wanted = {name: value for name, value in wanted.items() if not isinstance(value, str) or value == value.lower()}
        words = [f"{name}={_written(value)}" for name, value in wanted.items()]
        rng.shuffle(words)
        assert dict(read(kind.tag, " ".join(words)).params) == wanted, kind.tag
        told += len(words)
    assert told > 300


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_a_block_has_its_own_numbers_and_can_be_repeated() -> None:
    project = Project(blocks={"stage": Block(params={"width": 8, "rate": 0.5}, graph=Graph())})
    kind = BLOCK_PREFIX + "stage"
    assert read(kind, "16 x3 0.25", project) == TypedParameters({"width": 16, "rate": 0.25}, 3)
    assert read(kind, "w=-2", project).params == {"width": -2}
    assert read(kind, "×1", project) is NONE
    assert read(kind, "x0", project).repeat == 1
    assert bool(TypedParameters(repeat=2)) and not bool(TypedParameters())


def test_what_can_be_meant_as_a_parameter() -> None:
    assert [w for w in ("5x5", "k=same", "s2", "16", "relu", "max-pool", "") if looks_typed(w)] == [
        "5x5",
        "k=same",
        "s2",
        "16",
    ]
