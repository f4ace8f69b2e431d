"""Expressions: the same value as Python's own arithmetic, shown so that it reads back, refused in words, and never a bomb."""

from __future__ import annotations

import ast
import tracemalloc
import warnings
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from visualnet.core.expressions import (
    MAX_BITS,
    MAX_DEPTH,
    MAX_LENGTH,
    Derived,
    number_text,
    parse,
    read_number,
    read_whole,
    show,
)

SCOPE = {"n": 28, "k": 5, "s": 2, "width": Fraction(1, 4), "zero": 0, "x'": -3}

# A tree: a number, a name, or an operation with its operands. Python itself computes it; nothing of the parser is used.
Tree = Any

_numbers = st.integers(0, 99) | st.decimals(0, 99, places=2).map(lambda d: Fraction(str(d)))
_leaves = _numbers | st.sampled_from(sorted(SCOPE))
_pairs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "min", "max"])


def _grow(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.tuples(_pairs, inner, inner) | st.tuples(st.sampled_from(["neg", "floor", "ceil", "round"]), inner)


trees = st.recursive(_leaves, _grow, max_leaves=8)


def python_value(tree: Tree) -> Fraction:
    """What Python makes of it.

    Raises:
        ValueError: an exponent that is not allowed, or a number past the cap.
        ZeroDivisionError: as it says.
    """
    if isinstance(tree, str):
        return Fraction(SCOPE[tree])
    if not isinstance(tree, tuple):
        return Fraction(tree)
    op, *operands = tree
    a, *rest = map(python_value, operands)
    b = rest[0] if rest else Fraction(0)
    if op == "**" and (b.denominator != 1 or not 0 <= b <= 64):
        raise ValueError
    compute = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "//": lambda: a // b,
        "%": lambda: a % b,
        "**": lambda: a**b,
        "neg": lambda: -a,
        "floor": lambda: a.__floor__(),
        "ceil": lambda: a.__ceil__(),
        "round": lambda: (2 * a + 1) // 2,
        "min": lambda: min(a, b),
        "max": lambda: max(a, b),
    }
    result = Fraction(compute[op]())
    if max(abs(result.numerator), result.denominator).bit_length() > MAX_BITS:
        raise ValueError
    return result


# How strongly Python's operators bind, and on which side an equally strong one needs brackets.
_PYTHON = {
    "+": (1, "right"),
    "-": (1, "right"),
    "*": (2, "right"),
    "/": (2, "right"),
    "//": (2, "right"),
    "%": (2, "right"),
}
_PYTHON |= {"neg": (3, ""), "**": (4, "left")}


def python_text(tree: Tree) -> str:
    """As one would write it in Python, with no bracket that Python does not need."""
    return _text(tree)[0]


def _text(tree: Tree) -> tuple[str, int]:
    if isinstance(tree, str):
        return tree, 9
    if not isinstance(tree, tuple):
        return (str(tree) if isinstance(tree, int) else f"{float(tree):.2f}"), 9
    op, *operands = tree
    parts = [_text(operand) for operand in operands]
    if op not in _PYTHON:
        return f"{op}({', '.join(text for text, _ in parts)})", 9
    strength, side = _PYTHON[op]
    if op == "neg":
        text, inner = parts[0]
        return f"-{text if inner >= strength else f'({text})'}", strength
    (left, a), (right, b) = parts
    left = f"({left})" if a < strength or (a == strength and side == "left") else left
    right = f"({right})" if b < strength or (b == strength and side == "right") else right
    return f"{left}{op}{right}", strength


def written_again(shown: str) -> str:
    """A shown formula in the letters of the language."""
    for sign, word in {
        "·": "*",
        "−": "-",
        "^": "**",
        " mod ": "%",
        "⌊": "floor(",
        "⌋": ")",
        "⌈": "ceil(",
        "⌉": ")",
    }.items():
        shown = shown.replace(sign, word)
    return shown


def known_value(tree: Tree) -> Fraction:
    try:
        return python_value(tree)
    except (ValueError, ZeroDivisionError):
        assume(False)
        raise AssertionError from None


@given(trees)
def test_the_value_is_pythons(tree: Tree) -> None:
    text = python_text(tree)
    assume(len(text) <= MAX_LENGTH)
    value = known_value(tree)
    result = parse(text).compute(SCOPE)
    assert result == value
    assert isinstance(result, int) == (value.denominator == 1)


@given(trees)
def test_what_is_shown_reads_back(tree: Tree) -> None:
    text = python_text(tree)
    value = known_value(tree)
    assume(len(text) <= MAX_LENGTH // 2)
    again = written_again(show(parse(text)))
    assert parse(again).compute(SCOPE) == value
    assert show(parse(again)) == show(parse(text))


@given(trees)
def test_names_and_figures(tree: Tree) -> None:
    text = python_text(tree)
    assume(len(text) <= MAX_LENGTH)
    expr = parse(text)
    assert expr.names() <= set(SCOPE)
    assert all(name in show(expr) for name in expr.names())
    filled = show(expr, dict.fromkeys(SCOPE, 7))
    for word in ("min", "max", "round", "mod"):
        filled = filled.replace(word, "")
    assert not any(c.isalpha() for c in filled), "a name is left where its figure should stand"


@given(st.text(alphabet="0123456789.nks'_ +-*/%(),^·⌊\n\té", max_size=40))
def test_any_text_is_a_value_or_words(text: str) -> None:
    result, words = tried(text)
    assert isinstance(result, int | Fraction) or len(words) > 5


def tried(text: str) -> tuple[object, str]:
    """The value, or the words of the refusal."""
    try:
        return parse(text).compute(SCOPE), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it ends"),
        ("1 +", "it ends"),
        ("(1", "“)”"),
        ("1)", "left over"),
        ("1 2", "left over"),
        ("2 & 3", "“&” means nothing"),
        ("n.real", "“.” means nothing"),
        ("open(1)", "no function"),
        ("__import__", "not known"),
        ("min(1)", "argument"),
        ("floor(1, 2)", "argument"),
        ("sqrt(0 - 4)", "square root of -4"),
        ("1 / zero", "division by zero"),
        ("1 // zero", "division by zero"),
        ("1 % zero", "division by zero"),
        ("2 ** (0 - 1)", "exponent"),
        ("2 ** 65", "exponent"),
        ("2 ** 64 ** 2", "exponent"),
        ("(2 ** 64) * (2 ** 64) * 2", "bits"),
        ("missing + 1", "known names: k, n, s"),
        ("1" * (MAX_LENGTH + 1), "characters"),
        ("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), "nested"),
        ("-" * (MAX_DEPTH + 1) + "1", "nested"),
        ("9" * 60, "bits"),
    ],
)
def test_what_is_refused_is_refused_in_words(text: str, words: str) -> None:
    assert words in tried(text)[1]


@pytest.mark.parametrize("seed", ["0.1", "0.9", "9.9", "99", "1 / 3"])
def test_no_tower_of_powers_is_ever_built(seed: str) -> None:
    tower = f"({seed})"
    for _ in range(12):
        tower = f"({tower}**64)"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="bits"):
            parse(tower).compute({})
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_powers_read_from_the_right_and_show_so() -> None:
    assert parse("2**3**2").compute({}) == 512
    assert show(parse("2**3**2")) == "2^3^2"
    assert show(parse("(2**3)**2")) == "(2^3)^2"
    assert parse("-2**2").compute({}) == -4
    assert parse("(-2)**2").compute({}) == 4


def test_figures_read_as_one_writes_them() -> None:
    assert [
        number_text(n) for n in (7, 12345, -3, Fraction(1, 4), 55.25, Fraction(1, 3), Fraction(100001, 100000), 1.0)
    ] == [
        "7",
        "12,345",
        "-3",
        "0.25",
        "55.25",
        "0.3333",
        "1",
        "1",
    ]


def test_derived_numbers_carry_their_formula() -> None:
    number = Derived.of(parse("floor((n - k) / s) + 1"), {"n": 28, "k": 5, "s": 2}, {"n": "H"})
    assert number == 12
    assert number.general == "⌊(H − k) / s⌋ + 1"
    assert number.filled == "⌊(28 − 5) / 2⌋ + 1 = 12"
    assert number.cut == (Fraction(23, 2), 11)
    assert Derived.of(parse("n / s"), {"n": 28, "s": 2}).cut is None
    with pytest.raises(ValueError, match="not whole"):
        Derived.of(parse("n / s"), {"n": 27, "s": 2})


def test_values_from_files() -> None:
    assert read_whole("2*n", {"n": 3}) == 6
    assert read_whole(7, {}) == 7
    assert read_number("n / 4", {"n": 3}) == 0.75
    assert read_number(2, {}) == 2.0
    with pytest.raises(ValueError, match=r"not whole; floor\(n / 2\) would be 1"):
        read_whole("n / 2", {"n": 3})
    for wrong in (True, 1.5, None, (1,)):
        with pytest.raises(ValueError, match="whole number"):
            read_whole(wrong, {})  # type: ignore[arg-type]
    for wrong in (True, None, (1,)):
        with pytest.raises(ValueError, match="number"):
            read_number(wrong, {})  # type: ignore[arg-type]


def test_a_root_is_exact_where_it_is_a_fraction() -> None:
    value = {text: parse(text).compute({"width": 512}) for text in ("sqrt(9)", "sqrt(width/2)", "sqrt(1/4)", "sqrt(0)")}
    assert value == {"sqrt(9)": 3, "sqrt(width/2)": 16, "sqrt(1/4)": Fraction(1, 2), "sqrt(0)": 0}
    assert float(parse("sqrt(width)").compute({"width": 512})) == 512**0.5
    assert show(parse("2*sqrt(width)")) == "2·sqrt(width)"


# --- which texts are expressions --------------------------------------------------------------------------------------------------------

_signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "(", ")", ","])
_words = st.sampled_from(["n", "k", "2", "0.5", "floor", "min"])
FUNCTIONS = {"floor": {1}, "min": {2, 3, 4, 5, 6, 7, 8}}
OPERATIONS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


def python_takes(text: str) -> bool:
    """Whether Python reads the text, and as arithmetic that this language has too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _is_arithmetic(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return False


def _is_arithmetic(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, OPERATIONS) and _is_arithmetic(node.left) and _is_arithmetic(node.right)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and _is_arithmetic(node.operand)
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and len(node.args) in FUNCTIONS.get(node.func.id, ())
        return known and all(map(_is_arithmetic, node.args))
    return isinstance(node, ast.Name | ast.Constant)


@given(st.lists(st.one_of(_words, _signs, _words), min_size=1, max_size=8))
@example(["%", "2", ")"])
@example(["min", "(", "2", ",", "n", ")"])
@example(["-", "-", "n", "**", "-", "2"])
def test_what_is_an_expression_is_one_in_python_too(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assume(",)" not in text.replace(" ", ""))  # Python lets a comma stand there
    try:
        parse(text)
        taken = True
    except ValueError:
        taken = False
    assert taken is python_takes(text)
