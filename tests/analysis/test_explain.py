"""The words under “Why 28?”: each line is arithmetic, and comes out at the figure that it explains."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from tests.analysis.drawing import look
from visualnet.analysis import NodeFacts, infer
from visualnet.analysis.explain import NumberExplanation, macs, parameters, shapes, tensors
from visualnet.core.storage import project_file
from visualnet.resources import resource

NAMES = ("lenet5", "resnet-small", "vit-small", "gru-rows")


def value(line: str) -> float:
    """What a line of figures comes to, by Python's own arithmetic."""
    text = (
        line.removeprefix("= ")
        .partition(" = ")[0]
        .replace(",", "")
        .replace("·", "*")
        .replace("−", "-")
        .replace("^", "**")
    )
    text = text.replace("⌊", "floor(").replace("⌋", ")").replace("⌈", "ceil(").replace("⌉", ")").replace("×", "*")
    assert re.fullmatch(r"(floor|ceil|min|max|round|[\d\s.()+*/-])*", text), line
    names = {"floor": math.floor, "ceil": math.ceil, "min": min, "max": max, "round": round}
    return float(eval(text, {"__builtins__": {}}, names))


def shown(line: str) -> int:
    """The figure at the end of a line."""
    return int(line.rpartition(" ")[2].replace(",", ""))


@pytest.mark.parametrize("name", NAMES)
def test_every_line_comes_out_at_its_figure(name: str) -> None:
    told = 0
    for facts in infer(project_file.load(resource("templates", f"{name}.vnet"))).main.nodes.values():
        if facts.inside:
            continue
        explained = [(w, None) for w in shapes(facts)]
        explained += [(w, facts.parameters) for w in [parameters(facts)] if w and not facts.shared]
        explained += [(w, int(facts.macs)) for w in [macs(facts)] if w]
        for why, figure in explained:
            if figure is None:
                figure = int(re.findall(r"\d+", why.question)[0])
            else:
                assert f"{figure:,}" in why.question
            assert shown(why.lines[-1]) == figure
            assert round(value(why.lines[-1])) == figure, why
            assert why.derivation is None or why.derivation.tree is not None
            told += 1
    assert told > 4


def node(text: str, name: str, **params: Any) -> NodeFacts:
    analysis = look(text, **params)
    return next(f for f in analysis.main.nodes.values() if f.node.name == name)


CONV = node(
    "i:input c:conv2d i>c",
    "c",
    i={"size": (1, 28, 28)},
    c={"out_channels": 6, "kernel_size": 5, "stride": 2, "padding": 2},
)


def test_axes_with_the_same_figures_are_told_once() -> None:
    (why,) = shapes(CONV)
    assert why.text.splitlines() == [
        "Why 14×14?",
        "H′, W′ = ⌊(H + 2·p − d·(k − 1) − 1) / s⌋ + 1",
        "= ⌊(28 + 2·2 − 1·(5 − 1) − 1) / 2⌋ + 1 = 14",
        "k kernel_size · s stride · p padding · d dilation",
    ]
    apart = node("i:input c:conv2d i>c", "c", i={"size": (1, 28, 30)}, c={"kernel_size": 5})
    assert [w.question for w in shapes(apart)] == ["Why 24?", "Why 26?"]


def test_a_formula_that_only_numbers_its_factors_is_left_out() -> None:
    """A product of figures says more than ``n0·n1·n2``; nothing of the kind is ever shown."""
    for size in ((2, 3, 4), (2, 3, 4, 5)):
        facts = node("i:input f:flatten i>f", "f", i={"size": size})
        for why in shapes(facts):
            assert "n0" not in why.text and shown(why.lines[-1]) == math.prod(size)


def test_parameters_weight_by_weight() -> None:
    why = parameters(CONV)
    assert why is not None and why.derivation is not None
    assert why.question == "Why 156 parameters?" and why.note == ""
    assert why.lines == ("out_channels·in_channels·K_H·K_W + out_channels", "= 6·1·5·5 + 6 = 156")
    assert parameters(node("i:input r:relu i>r", "r")) is None
    grouped = node(
        "i:input c:conv2d i>c", "c", i={"size": (4, 9, 9)}, c={"out_channels": 8, "groups": 2, "bias": False}
    )
    why = parameters(grouped)
    assert why is not None and why.lines == ("out_channels·in_channels/groups·K_H·K_W", "= 8·2·3·3 = 144")
    assert tensors(dict(grouped.weights)) == "weight 8×2×3×3"
    assert tensors(dict(CONV.weights)) == "weight 6×1×5×5, bias 6" and tensors({}) == ""


def test_what_is_shared_is_said_and_not_counted_again() -> None:
    facts = node(
        "i:input a:linear b:linear i>a a>b",
        "b",
        i={"size": (8,)},
        a={"out_features": 8},
        b={"out_features": 8, "_shares": "n2"},
    )
    assert facts.shared == {"weight", "bias"}
    why = parameters(facts)
    assert why is None or "shares bias, weight with another node" in why.note


def test_the_typeset_sum_writes_equal_factors_as_powers() -> None:
    square = parameters(node("i:input c:conv2d i>c", "c", i={"size": (3, 9, 9)}, c={"out_channels": 4}))
    oblong = parameters(
        node("i:input c:conv2d i>c", "c", i={"size": (3, 9, 9)}, c={"out_channels": 4, "kernel_size": (3, 5)})
    )
    assert square is not None and oblong is not None and square.derivation is not None and oblong.derivation is not None
    from visualnet.layers.declaration.notation import latex, plain

    assert "^{2}" in latex(square.derivation.tree) and "^{2}" not in latex(oblong.derivation.tree)
    assert "3" in plain(square.derivation.tree, figures=True)
    lstm = parameters(node("i:input l:lstm i>l", "l", i={"size": (7, 5)}, l={"num_layers": 3}))
    assert (
        lstm is not None and lstm.derivation is None
    )  # one letter would stand for two numbers, or it would be endless


def test_multiplications_without_divisors_that_are_one() -> None:
    why = macs(CONV)
    assert why is not None and why.lines == ("positions·kernel·in_channels·out_channels", "= 196·25·1·6 = 29,400")
    assert why.question == "Why 29,400 multiplications?"
    grouped = macs(node("i:input c:conv2d i>c", "c", i={"size": (4, 9, 9)}, c={"out_channels": 8, "groups": 2}))
    assert grouped is not None and "groups" in grouped.lines[0]
    assert macs(node("i:input r:relu i>r", "r")) is None


def test_only_what_there_is_stands_in_the_text() -> None:
    assert NumberExplanation("Q?", ("a", "b")).text == "Q?\na\nb"
    assert NumberExplanation("Q?", (), "note", None, "legend").text == "Q?\nlegend\nnote"
