"""The sizes of a layer of one's own: what a line says, what comes out by it, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.layers.custom.shape_language import (
    class_name,
    number,
    output_sizes,
    read_arguments,
    read_rule,
    read_source,
    read_tensors,
    scope,
    tensors,
)
from visualnet.layers.declaration.layer import ShapeError

extent = st.integers(1, 50)


@given(st.lists(extent, max_size=3), extent, extent, st.integers(1, 9))
def test_what_comes_out_is_the_arithmetic_of_the_line(rest: list[int], c: int, h: int, p: int) -> None:
    """``*`` stands for the axes between; a number of the node is named by its place."""
    rule = read_rule("x: C * H, z: 7 H -> y: C*p1 * H//2, C+H 3")
    found = output_sizes(rule, ((c, *rest, h), (7, h)), (p,))
    first, second = found.values()
    assert tuple(map(int, first)) == (c * p, *rest, h // 2)
    assert tuple(map(int, second)) == (c + h, 3)


def test_names_of_ports_and_axes() -> None:
    rule = read_rule("C H W -> half: C H//2 W//2")
    assert list(rule.inputs) == ["x"] and rule.inputs["x"].axes == ("C", "H", "W")
    assert list(rule.outputs) == ["half"] and rule.outputs["half"].axes == ("C", "d2", "d3")
    assert list(read_rule("A, B -> A+B").inputs) == ["x1", "x2"]
    assert list(read_rule("a: A, B -> A, B").outputs) == ["y1", "y2"]
    assert read_rule("x: C * -> y: C *").outputs["y"].axes == ("C", "*")
    assert read_rule("x: N@int -> y: N 4").inputs["x"].dtype == "int"


def test_a_line_has_as_many_numbers_tensors_and_axes_as_it_may() -> None:
    numbers = " ".join(f"p{i}" for i in range(1, 9))
    (sizes,) = output_sizes(read_rule(f"x: C -> y: {numbers}"), ((5,),), tuple(range(11, 19))).values()
    assert tuple(map(int, sizes)) == tuple(range(11, 19))
    assert len(read_rule(", ".join("abcdefgh") + " -> a").inputs) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C H W", "what comes in, an arrow, what goes out"),
        ("x: C+1 -> y: C", "“C+1” of the input “x” is no name of an axis and no number"),
        ("x: C -> y: K", "“K” of the output “y” is no axis that comes in, nor p1 to p8"),
        ("x: C -> y: p9", "“p9” of the output “y” is no axis that comes in, nor p1 to p8"),
        ("x: C -> y: C *", "the output “y” repeats axes (*) that no input has"),
        ("x: C -> x: C", "“x” is the name of an input and of an output"),
        ("x: C, -> y: C", "1 to 8 tensors can stand on a side"),
        (", ".join("abcdefghi") + " -> a", "1 to 8 tensors can stand on a side"),
        ("x: C, x: D -> y: C", "two tensors of a side have one name"),
        ("for: C -> y: C", "“for” cannot be the name of a port"),
        ("x-1: C -> y: C", "“x-1” cannot be the name of a port"),
        ("x: A B C D E F G H I -> y: A", "“x” can have at most 8 axes, and * once"),
        ("x: * * -> y: 1", "“x” can have at most 8 axes, and * once"),
        ("x: C@text -> y: C", "“x” is @float, @int or @bool, and must be wired"),
    ],
)
def test_what_is_no_rule_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_rule(text)


def test_a_name_of_a_port_may_have_forty_letters() -> None:
    assert "p" * 40 in read_rule(f"{'p' * 40}: C -> y: C").inputs
    with pytest.raises(ValueError, match=f"“{'p' * 40}” cannot be the name of a port"):
        read_rule(f"{'p' * 41}: C -> y: C")


def test_one_name_stands_for_one_extent() -> None:
    rule = read_rule("a: C 4, b: C -> y: C")
    assert scope(rule, ((3, 4), (3,))) == ({"C": 3}, ())
    with pytest.raises(ShapeError, match="“b” has 5 along C; 3 is wanted") as caught:
        scope(rule, ((3, 4), (5,)))
    assert (caught.value.fault.at, caught.value.fault.formula) == ("b", "5 ≠ 3")
    with pytest.raises(ShapeError, match="“a” has 9 along 4; 4 is wanted"):
        scope(rule, ((3, 9), (3,)))
    assert scope(read_rule("x: * C -> y: C"), ((7, 8, 9),)) == ({"C": 9}, (7, 8))
    # An axis that comes in goes before a number of the same name.
    assert scope(read_rule("x: p1 C -> y: C"), ((7, 8),), (1, 2))[0] == {"p1": 7, "p2": 2, "C": 8}


def test_a_number_that_was_not_given_is_missed() -> None:
    with pytest.raises(ShapeError, match="“p2” of “y” stands for nothing: write it among the numbers"):
        output_sizes(read_rule("x: C -> y: C p2"), ((3,),), (1,))


def test_arguments_by_place_and_by_name() -> None:
    found = read_arguments("C, 2*D, factor = 3,")
    assert [name for name, _ in found] == ["", "", "factor"]
    assert [int(e.compute({"C": 5, "D": 4})) for _, e in found] == [5, 8, 3]
    assert read_arguments("") == ()
    assert read_arguments("ﬁ=1")[0][0] == "fi"


@pytest.mark.parametrize("text", ["a=1, 2", "a=1, a=2", "for=1", "__debug__=1", "a b=1", "=1", "a=", "ﬁ=1, fi=2"])
def test_arguments_that_python_would_not_take(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_arguments(text)


def test_whole_numbers_stay_whole() -> None:
    assert number(Fraction(6, 2)) == 3 and type(number(Fraction(6, 2))) is int
    assert number(Fraction(1, 2)) == 0.5


def test_tensors_that_are_learned_and_others() -> None:
    text = "conv.weight: C 2*C 3, scale: 1, mean_1: C @buffer"
    assert {n: tuple(t) for n, t in tensors(text, {"C": 4}, True).items()} == {"conv.weight": (4, 8, 3), "scale": (1,)}
    assert {n: tuple(t) for n, t in tensors(text, {"C": 4}, False).items()} == {"mean_1": (4,)}
    assert len(read_tensors(", ".join(f"t{i}: 1" for i in range(64)))) == 64


@pytest.mark.parametrize(
    "text",
    ["a-b: C", "a..b: C", "a: *", "a: C @int", "a: 1 1 1 1 1 1 1 1 1", ", ".join(f"t{i}: 1" for i in range(65))],
)
def test_what_is_no_tensor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"tensor|learned"):
        read_tensors(text)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("class A(nn.Module):\n  pass\nclass B:\n  pass", "B"),
        ("class A:\n    class Inner:\n        pass", "A"),
        ("x = 'class A'", ""),
        ("class for:", ""),
        ("class  Größe (nn.Module):", "Größe"),
        ("class 1A:", ""),
        ("", ""),
    ],
)
def test_the_last_class_at_the_edge(source: str, name: str) -> None:
    assert class_name(source) == name


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u00a0", "\u3164", "\u2800", "\ufe0f", "\ufdd0", "\ufdef", "\ufffe", "\U000e0100", "\u2003"]
)
def test_what_nobody_sees_is_refused_by_its_line(hidden: str) -> None:
    source = f"class A:\n    x = 'ab{hidden}c'\n"
    if hidden == "\u200b":
        assert read_source(source) == source  # told by the text type itself, for every text
        return
    with pytest.raises(ValueError, match=f"line 2 holds U\\+{ord(hidden):04X}"):
        read_source(source)


def test_signs_that_are_seen_are_allowed() -> None:
    for seen in ("⚠️", "é", "漢", "\ufdcf", "\ufdf0"):
        assert read_source(f"class A:\n    x = '{seen}'") == f"class A:\n    x = '{seen}'"
    with pytest.raises(ValueError, match="the source defines no class"):
        read_source("x = 1")
