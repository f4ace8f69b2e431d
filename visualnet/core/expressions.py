"""Arithmetic as a value: parsed once, then computed, shown as a formula, or shown with its figures filled in.

The same small language serves block parameters in files (``2*channels``) and the layers' size formulas
(``floor((n + 2*p - d*(k - 1) - 1) / s) + 1``), so whatever is computed can also be explained. Numbers are exact: division gives a
``Fraction``, and only ``floor``, ``ceil``, ``//`` round; a root that is no fraction is the nearest float's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from visualnet.core.caches import cached

Number: TypeAlias = "int | Fraction"
Scope: TypeAlias = "Mapping[str, int | float | Fraction]"

MAX_LENGTH = 200
MAX_DEPTH = 24
MAX_BITS = 128
MAX_FRACTION_BITS = 1_000
"""Fractions may be longer on the way, as 16 decimals times 16 decimals are; but not endless, as 0.1**64**… would be."""

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z_0-9']*)|(//|\*\*|[-+*/%(),]))")
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "neg": 3, "**": 4}
_SIGNS = {"+": " + ", "-": " − ", "*": "·", "/": " / ", "//": " // ", "%": " mod ", "**": "^"}


def _exact(value: Number) -> Number:
    """The same number as an int when it is whole, so that figures read as one writes them."""
    if type(value) is not int and value.denominator != 1:
        bits, most = max(value.numerator.bit_length(), value.denominator.bit_length()), MAX_FRACTION_BITS
    else:
        value = int(value)
        bits, most = value.bit_length(), MAX_BITS
    if bits > most:
        raise ValueError(f"the result has more than {most} bits")
    return value


def _power(base: Number, exponent: Number) -> Number:
    if not isinstance(exponent, int) or not 0 <= exponent <= 64:
        raise ValueError(f"the exponent is {exponent}; whole numbers from 0 to 64 are allowed")
    return _exact(base**exponent)


def _root(value: Number) -> Number:
    """The square root: exact where it is a fraction."""
    if value < 0:
        raise ValueError(f"there is no square root of {number_text(value)}")
    value = Fraction(value)
    over, under = math.isqrt(value.numerator), math.isqrt(value.denominator)
    exact = Fraction(over, under)
    return _exact(exact if exact * exact == value else Fraction(math.sqrt(value)))


def _nonzero(divisor: Number) -> Number:
    if divisor == 0:
        raise ValueError("division by zero")
    return divisor


def _divide(a: Number, b: Number) -> Number:
    # Whole quotients, by far the most common, need no Fraction.
    if type(a) is int and type(b) is int and b and a % b == 0:
        return a // b
    return Fraction(a) / _nonzero(b)


_COMPUTE: Mapping[str, Callable[..., Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "//": lambda a, b: a // _nonzero(b),
    "%": lambda a, b: a % _nonzero(b),
    "**": _power,
    "neg": lambda a: -a,
    "floor": lambda a: a.__floor__(),
    "ceil": lambda a: a.__ceil__(),
    "round": lambda a: (a + Fraction(1, 2)).__floor__(),
    "sqrt": _root,
    "min": lambda *a: min(a),
    "max": lambda *a: max(a),
}
_RULE_FUNCTIONS = ("abs", "cos", "norm", "orth", "sign", "sum")
"""Functions that the rules of training are written with: they are shown, and not computed here."""
_FUNCTIONS = {"floor": 1, "ceil": 1, "round": 1, "sqrt": 1, "min": 2, "max": 2}


class Expression:
    """One node of the tree: a number, a name, or an operation on smaller expressions."""

    __slots__ = ("args", "name", "op", "roundings", "value")

    def __init__(self, op: str, args: tuple[Expression, ...] = (), name: str = "", value: Number = 0) -> None:
        self.op, self.args, self.name, self.value = op, args, name, value
        below = tuple(part for arg in args for part in arg.roundings)
        self.roundings: tuple[Expression, ...] = (self, *below) if op in ("floor", "//") else below

    def __repr__(self) -> str:
        return f"Expr({show(self)!r})"

    def names(self) -> set[str]:
        """The names that must be known before it can be computed."""
        return {part.name for part in self.parts() if part.op == "name"}

    def parts(self) -> Iterator[Expression]:
        """This expression and everything below it."""
        yield self
        for arg in self.args:
            yield from arg.parts()

    def compute(self, scope: Scope) -> Number:
        """Its value, exact.

        Raises:
            ValueError: a name is unknown, a divisor is zero, or a number grows past the cap.
        """
        if self.op == "number":
            return self.value
        if self.op == "name":
            if self.name not in scope:
                known = ", ".join(sorted(scope)) or "none"
                raise ValueError(f"“{self.name}” is not known here (known names: {known})")
            value = scope[self.name]
            return _exact(Fraction(str(value))) if isinstance(value, float) else _exact(value)
        return _exact(_COMPUTE[self.op](*[arg.compute(scope) for arg in self.args]))

    def cut(self, scope: Scope) -> tuple[Number, int] | None:
        """The first rounding that loses something: the number before, and after; None if every division is exact."""
        for part in self.roundings:
            before = part.args[0].compute(scope)
            if part.op == "//":
                before = _exact(_divide(before, part.args[1].compute(scope)))
            if type(before) is not int:
                return before, before.__floor__()
        return None


class _Parser:
    """Precedence climbing over the tokens. The caps come first, so the recursion is as shallow as they are."""

    def __init__(self, text: str, functions: Mapping[str, int] = _FUNCTIONS) -> None:
        if len(text) > MAX_LENGTH:
            raise ValueError(f"an expression may have {MAX_LENGTH} characters; this one has {len(text)}")
        self.text, self.functions = text, functions
        self.tokens = list(self._split(text))
        self.at = 0
        self.depth = 0

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        end = 0
        while text[end:].strip():
            match = _TOKEN.match(text, end)
            if not match:
                raise ValueError(f"“{text[end:].strip()[0]}” means nothing in “{text}”")
            yield match.group(match.lastindex or 0)
            end = match.end()

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            found = f"“{token}” stands there" if token else "it ends"
            raise ValueError(f"“{self.text}” wants {f'“{wanted}”' if wanted else 'a number or a name'} where {found}")
        self.at += 1
        return token

    def parse(self) -> Expression:
        tree = self.expression(0)
        if self.peek():
            raise ValueError(f"“{self.peek()}” is left over at the end of “{self.text}”")
        return tree

    def expression(self, strength: int) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError(f"“{self.text}” is nested deeper than {MAX_DEPTH}")
        left = self.operand()
        while (op := self.peek()) in _STRENGTH and _STRENGTH[op] > strength:
            self.take()
            right = self.expression(_STRENGTH[op] - (op == "**"))
            left = Expression(op, (left, right))
        self.depth -= 1
        return left

    def operand(self) -> Expression:
        token = self.take()
        if token == "-":
            return Expression("neg", (self.expression(_STRENGTH["neg"] - 1),))
        if token == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if token[0].isdigit():
            return Expression("number", value=_exact(Fraction(token)))
        if token[0].isalpha() or token[0] == "_":
            return self.function(token) if self.peek() == "(" else Expression("name", name=token)
        raise ValueError(f"“{self.text}” wants a number or a name where “{token}” stands")

    def function(self, name: str) -> Expression:
        if name not in self.functions:
            raise ValueError(f"“{name}” is no function here (there are {', '.join(self.functions)})")
        self.take("(")
        args = [self.expression(0)]
        while self.peek() == ",":
            self.take()
            args.append(self.expression(0))
        self.take(")")
        if len(args) < self.functions[name] or (self.functions[name] == 1 and len(args) > 1):
            raise ValueError(f"{name} takes {self.functions[name]} argument(s); “{self.text}” gives {len(args)}")
        return Expression(name, tuple(args))


@cached(4096)
def parse(text: str) -> Expression:
    """The expression that the text writes.

    Raises:
        ValueError: the text is no expression; the words say where and why.
    """
    return _Parser(text).parse()


@cached(256)
def parse_rule(text: str) -> Expression:
    """A rule of training, which may name functions of whole tensors (``norm``, ``sign``): to be shown, not to be computed.

    Raises:
        ValueError: the text is no expression.
    """
    return _Parser(text, {**_FUNCTIONS, **dict.fromkeys(_RULE_FUNCTIONS, 1)}).parse()


@lru_cache(maxsize=512)
def chain(op: str, names: tuple[str, ...]) -> Expression:
    """``a + b + c``: names joined by one sign, as many as there are, where a text of them would be longer than a person may write."""
    tree = Expression("name", name=names[0])
    for name in names[1:]:
        tree = Expression(op, (tree, Expression("name", name=name)))
    return tree


def number_text(value: Number | float) -> str:
    """A figure as it stands in a formula: whole, or decimal with at most four places; what is smaller, in powers of ten."""
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    if -0.0001 < value < 0.0001:
        return f"{float(value):.3g}"
    return f"{float(value):,.4f}".rstrip("0").rstrip(".")


def show(expr: Expression, figures: Scope | None = None, symbols: Mapping[str, str] | None = None) -> str:
    """The formula as one writes it: ``⌊(n + 2·p) / s⌋ + 1``. With ``figures``, the names are replaced by their values.

    ``symbols`` gives names other letters (``{"p": "padding"}``).
    """

    def text(part: Expression, outer: int) -> str:
        if part.op == "number":
            return number_text(part.value)
        if part.op == "name":
            if figures is not None and part.name in figures:
                shown = number_text(figures[part.name])
                return f"({shown})" if shown.startswith("-") else shown
            return (symbols or {}).get(part.name, part.name)
        if part.op in ("floor", "ceil"):
            left, right = "⌊⌋" if part.op == "floor" else "⌈⌉"
            return f"{left}{text(part.args[0], 0)}{right}"
        if part.op in _FUNCTIONS:
            return f"{part.op}({', '.join(text(a, 0) for a in part.args)})"
        mine = _STRENGTH[part.op]
        if part.op == "neg":
            inner = "−" + text(part.args[0], mine)
        else:
            # The right side of − and / needs brackets even when it binds as strongly; of a power, the left.
            power = part.op == "**"
            inner = text(part.args[0], mine - (not power)) + _SIGNS[part.op] + text(part.args[1], mine - power)
        return f"({inner})" if mine <= outer else inner

    return text(expr, 0)


class Derived(int):
    """A whole number that knows how it came about: its formula and the figures that went in."""

    formula: Expression
    figures: Scope
    symbols: Mapping[str, str]
    cut: tuple[Number, int] | None
    """What a rounding loses: the number before and after, or None when every division is exact."""

    @classmethod
    def of(cls, formula: Expression, figures: Scope, symbols: Mapping[str, str] | None = None) -> Derived:
        """Compute the formula.

        Raises:
            ValueError: it cannot be computed, or the result is not whole.
        """
        value, cut = _result(formula, tuple(figures.items()))
        number = cls(value)
        number.formula, number.figures, number.symbols, number.cut = formula, figures, symbols or {}, cut
        return number

    @property
    def general(self) -> str:
        """The formula in letters: ``⌊(H + 2·padding − …) / stride⌋ + 1``."""
        return show(self.formula, None, self.symbols)

    @property
    def filled(self) -> str:
        """The formula with this case's figures: ``⌊(28 + 2·2 − 1·(5 − 1) − 1) / 1⌋ + 1 = 28``."""
        return f"{show(self.formula, self.figures)} = {number_text(int(self))}"


@cached(16384)
def _result(formula: Expression, figures: tuple[tuple[str, int], ...]) -> tuple[int, tuple[Number, int] | None]:
    scope = dict(figures)
    value = formula.compute(scope)
    if not isinstance(value, int):
        raise ValueError(f"{show(formula, scope)} = {number_text(value)} is not whole")
    return value, formula.cut(scope) if formula.roundings else None


def read_whole(value: int | float | str, scope: Scope) -> int:
    """A whole number from a file: written as a number, or as an expression in the names of ``scope``.

    Raises:
        ValueError: it is no expression, or its value is not whole.
    """
    if isinstance(value, str):
        result = parse(value).compute(scope)
        if not isinstance(result, int):
            raise ValueError(
                f"{value} = {number_text(result)} is not whole; floor({value}) would be {result.__floor__()}"
            )
        return result
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"a whole number is wanted, not {value!r}")
    return value


def read_number(value: int | float | str, scope: Scope) -> float:
    """A number from a file, written out or as an expression.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str):
        return float(parse(value).compute(scope))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a number is wanted, not {value!r}")
    return float(value)
