"""Formulas as trees: brackets where they are needed, nowhere else; and the same as text and LaTeX."""

from __future__ import annotations

import pytest

from visualnet.core.expressions import parse
from visualnet.layers.declaration.notation import (
    Brackets,
    Frac,
    NotationRow,
    Script,
    Sign,
    derivation,
    latex,
    notate,
    plain,
    signs,
)


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("a + b*c", "a + b \\cdot c"),
        ("(a + b)*c", "\\left( a + b \\right) \\cdot c"),
        ("a - (b - c)", "a - \\left( b - c \\right)"),
        ("(a + b) / c", "\\frac{a + b}{c}"),
        ("a*(b / c)", "a \\cdot \\frac{b}{c}"),
        ("(a + b)**2", "\\left( a + b \\right)^{2}"),
        ("floor(n / 2) + 1", "\\left\\lfloor \\frac{n}{2} \\right\\rfloor + 1"),
        ("min(a, b)", "\\mathrm{min} \\left( a , b \\right)"),
        ("-a", "- a"),
    ],
)
def test_as_latex(text: str, tex: str) -> None:
    assert latex(notate(parse(text), {})) == tex


def test_an_index_belongs_to_the_letter() -> None:
    tree = notate(parse("D_key"), {"D_key": 64})
    assert isinstance(tree, Script)
    assert latex(tree) == "D_{k}" or latex(tree) == "D_{\\mathrm{key}}"
    assert latex(tree, figures=True) == "64"
    assert plain(tree, figures=True) == "64"


def test_signs_keep_letter_and_figure_together() -> None:
    tree = notate(parse("floor((n + 2*p) / s)"), {"n": 28, "p": 2, "s": -1})
    assert isinstance(tree, Brackets) and isinstance(tree.inner, Frac) and isinstance(tree.inner.top, NotationRow)
    named = {s.text: s.figure for s in signs(tree) if s.key}
    assert named == {"n": "28", "p": "2", "s": "(−1)"} or named == {"n": "28", "p": "2", "s": "(-1)"}


def test_two_names_never_get_one_letter() -> None:
    made = derivation("y", parse("in_channels*channels"), {"in_channels": 3, "channels": 4}, {}, 12)
    letters = [s.text for s in signs(made.tree) if s.role == "name"]
    assert len(set(letters)) == 2


def test_a_number_alone_is_no_formula() -> None:
    assert derivation("y", parse("3"), {}, {}, 3).exactly
    assert isinstance(notate(parse("3"), {}), Sign)
