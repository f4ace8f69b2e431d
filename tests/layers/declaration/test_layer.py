"""What follows from a declaration: names of axes, ports, cards, what is passed to torch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.test_layers_torch import inferred
from visualnet.core.project import Project
from visualnet.layers import LAYERS, Spec
from visualnet.layers.custom.sources import foreign_code
from visualnet.layers.declaration.layer import (
    BadParams,
    Layer,
    Pattern,
    ShapeError,
    bounds_of_mean,
    bounds_when_scaled,
    default_axes,
    layer,
    read_ports,
    sized,
)


def axes(tag: str, *specs: Spec, **params: Any) -> tuple[str, ...]:
    return next(iter(LAYERS[tag](params).infer(specs).values())).axes


def test_axes_are_named_by_the_declaration_and_else_as_they_came() -> None:
    image, words = Spec((3, 8, 8), ("C", "H", "W")), Spec((7, 16), ("words", "features"))
    assert axes("conv2d", image) == ("C", "H", "W")
    assert axes("relu", words) == ("words", "features")
    assert axes("relu", Spec((7, 16))) == ("T", "D")  # nobody has named them
    assert axes("relu", Spec((2, 3, 4, 5))) == ("d1", "d2", "d3", "d4")
    assert axes("linear", words)[0] == "words"
    assert axes("flatten", image) != ("C", "H", "W") and len(axes("flatten", image)) == 1


def test_two_axes_never_have_one_name() -> None:
    seen = 0
    for kind in LAYERS.values():
        made = kind()
        specs = [
            Spec(
                tuple(6 for a in p.axes for _ in range(2 if a == "*" else 1)),
                (),
                "float" if p.dtype == "any" else p.dtype,
            )
            for p in made.inputs().values()
        ]
        found = inferred(made, specs) if not kind.role else ""  # type: ignore[arg-type]
        for spec in found.values() if isinstance(found, dict) else ():
            assert len(spec.axes) == len(spec.shape) == len(set(spec.axes)), kind.tag
            seen += 1
    assert seen > 60


def test_the_usual_names() -> None:
    assert [default_axes(n) for n in range(5)] == [(), ("D",), ("T", "D"), ("C", "H", "W"), ("d1", "d2", "d3", "d4")]


def test_an_output_that_would_be_empty_is_refused() -> None:
    with pytest.raises(ShapeError, match="the output would be empty: its height H comes out as 0") as caught:
        LAYERS["max_pool2d"]({"kernel_size": 9, "stride": 8}).infer([Spec((1, 8, 9), ("C", "H", "W"))])
    assert caught.value.fault.formula


def test_ports_as_they_are_written() -> None:
    ports = read_ports("query: T D, key?: S D @int, loss: !, any: * @any,")
    assert ports == {
        "query": Pattern(("T", "D")),
        "key": Pattern(("S", "D"), "int", True),
        "loss": Pattern((), "float", False, False),
        "any": Pattern(("*",), "any"),
    }
    assert Pattern(("C", "*")).text == "C×…" and Pattern(()).text == "one value"
    assert [Pattern(("C", "*")).fits_rank(n) for n in range(3)] == [False, True, True]
    assert [Pattern(("C", "H")).fits_rank(n) for n in range(4)] == [False, False, True, False]


def test_a_spec_in_words() -> None:
    assert Spec((64, 14, 14)).text == "64×14×14" and Spec((64, 14, 14)).size == 64 * 14 * 14
    assert Spec(()).text == "1" and Spec(()).size == 1 and Spec((), batched=False).text == "scalar"
    assert sized(out=6, inside=2) == (6, 2) and sized(out=6, inside=2).names == ("out", "inside")


def test_parameters_that_cannot_be_read_are_all_told() -> None:
    with pytest.raises(BadParams) as caught:
        LAYERS["conv2d"]({"out_channels": -1, "stride": "?", "zebra": 1})
    assert [f.at for f in caught.value.faults] == ["out_channels", "stride", "zebra"]
    assert [f.severity for f in caught.value.faults] == ["error", "error", "warning"]
    assert "; " in str(caught.value)
    odd: Any = LAYERS["relu"]({"zebra": 1})
    assert [f.words for f in odd.unknown] == ["ReLU has no parameter “zebra”"]


def test_a_card_says_what_matters_in_its_order() -> None:
    conv = LAYERS["conv2d"]
    assert conv().card() == "3×3 · 32"
    assert conv({"stride": 2}).card() == "3×3 · 32 · stride 2"
    assert conv({"bias": False}).card() == "3×3 · 32"  # folded away, and without a phrase
    assert conv({"dilation": 2}).card() == "3×3 · 32 · dilation 2"
    assert LAYERS["relu"]().card() == ""


def test_only_what_differs_is_given_to_torch() -> None:
    conv = LAYERS["conv2d"]({"stride": (2, 2), "padding": (1, 2)})
    assert conv.given("stride", "padding", "dilation") == {"stride": 2, "padding": (1, 2)}


def test_what_is_left_of_what_the_numbers_are() -> None:
    assert [bounds_when_scaled(h) for h in ("probabilities", "fractions", "nonnegative", "logarithms", "")] == [
        "nonnegative",
        "nonnegative",
        "nonnegative",
        "logarithms",
        "",
    ]
    assert [bounds_of_mean(h) for h in ("nonnegative", "fractions", "")] == ["", "fractions", ""]


@pytest.mark.parametrize(
    ("tag", "family", "traits"),
    [
        ("relu", "activation", {}),
        ("Bad", "activation", {}),
        ("new_one", "zebra", {}),
        ("new_one", "activation", {"zebra": 1}),
    ],
)
def test_a_declaration_that_is_wrong_is_refused(tag: str, family: str, traits: dict[str, Any]) -> None:
    before = dict(LAYERS)
    with pytest.raises(AssertionError):
        layer(tag, family, **traits)(type("New", (Layer,), {}))
    assert before == LAYERS


def test_a_layer_is_known_by_its_tag_until_now() -> None:
    for tag, kind in LAYERS.items():
        assert kind.tag == tag and kind.label and kind.summary() and kind.page().startswith(kind.summary())


def test_foreign_code_is_found_on_every_sheet_and_our_own_is_not_foreign() -> None:
    from tests.analysis.drawing import project
    from visualnet.core.project import Block

    theirs = "class A(nn.Module):\n    pass\n"
    made = project("i:input a:python b:python", a={"source": theirs})
    inner = project("p:python", p={"source": theirs + "\n"}).graph
    found = foreign_code(Project(graph=made.graph, blocks={"part": Block(params={}, graph=inner)}))
    assert found == [("a", theirs), ("p", theirs + "\n")]
