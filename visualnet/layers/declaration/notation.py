"""A formula as a tree to be typeset: fractions, brackets, powers, indices; each sign with its figure. And the same as LaTeX.

It is made from the expression that was computed, so what is shown is what was counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from visualnet.core.expressions import Derived, Expression, Scope, number_text

SHORT: Mapping[str, str] = {
    "kernel_size": "k",
    "stride": "s",
    "padding": "p",
    "dilation": "d",
    "output_padding": "o",
    "in_channels": "C",
    "out_channels": "M",
    "groups": "G",
    "channels": "C",
    "in_features": "n",
    "out_features": "m",
    "positions": "P",
    "kernel": "K",
    "num_embeddings": "V",
    "embedding_dim": "D",
    "hidden_size": "h",
    "input_size": "x",
    "inputs": "x",
    "num_layers": "L",
    "directions": "δ",
    "dim_feedforward": "F",
    "max_length": "T",
    "heads": "A",
    "gates": "g",
    "matrices": "B",
}
"""The letters that courses use; the legend says what they stand for."""

_LEVEL = {"+": 1, "-": 1, "*": 2, "//": 2, "%": 2, "neg": 3, "/": 4, "**": 5}
_OPS = {"+": "+", "-": "−", "*": "·", "//": "//", "%": "mod"}


class Sign(NamedTuple):
    """A letter, a number or an operator. ``figure`` is its number here, ``key`` the name that gives it its colour.

    ``role``: ``name``, ``number`` or ``op``.
    """

    text: str
    figure: str = ""
    key: str = ""
    role: str = "op"


class NotationRow(NamedTuple):
    """One thing after another."""

    parts: tuple[Math, ...]


class Frac(NamedTuple):
    """One over the other."""

    top: Math
    bottom: Math


class Script(NamedTuple):
    """Something with an index below or a power above."""

    base: Math
    above: Math | None = None
    below: Math | None = None


class Brackets(NamedTuple):
    """Brackets as high as what they hold: round, or those that round down or up."""

    left: str
    inner: Math
    right: str


Math: TypeAlias = "Sign | NotationRow | Frac | Script | Brackets"


def notate(expr: Expression, figures: Scope, symbols: Mapping[str, str] | None = None) -> Math:
    """The tree of an expression. ``symbols`` gives names other letters, as in ``expressions.show``."""
    return _Notation(figures, symbols or {}).of(expr, 0)


class _Notation:
    def __init__(self, figures: Scope, symbols: Mapping[str, str]) -> None:
        self.figures, self.symbols = figures, symbols

    def of(self, part: Expression, outer: int) -> Math:
        if part.op == "number":
            return Sign(number_text(part.value), role="number")
        if part.op == "name":
            return self.name(part.name)
        if part.op in ("floor", "ceil"):
            low = part.op == "floor"
            return Brackets("⌊" if low else "⌈", self.of(part.args[0], 0), "⌋" if low else "⌉")
        if part.op == "/":
            return Frac(self.of(part.args[0], 0), self.of(part.args[1], 0))
        if part.op == "**":
            return Script(self.of(part.args[0], _LEVEL["**"]), self.of(part.args[1], 0))
        if part.op == "sqrt":
            return NotationRow((Sign("√", role="number"), Brackets("(", self.of(part.args[0], 0), ")")))
        if part.op not in _LEVEL:  # min, max, round
            inner: list[Math] = []
            for at, arg in enumerate(part.args):
                inner += [*([Sign(",")] if at else []), self.of(arg, 0)]
            return NotationRow(
                (
                    Sign("√" if part.op == "sqrt" else part.op, role="number"),
                    Brackets("(", NotationRow(tuple(inner)), ")"),
                )
            )
        mine = _LEVEL[part.op]
        if part.op == "neg":
            made: Math = NotationRow((Sign("−"), self.of(part.args[0], mine)))
        else:
            right = self.of(part.args[1], mine)
            made = NotationRow((*_flat(self.of(part.args[0], mine - 1)), Sign(_OPS[part.op]), *_flat(right)))
        return Brackets("(", made, ")") if mine <= outer else made

    def name(self, name: str) -> Math:
        shown = self.symbols.get(name, name)
        letter, _, index = shown.partition("_") if shown.count("_") == 1 else (shown, "", "")
        figure = number_text(self.figures[name]) if name in self.figures else ""
        figure = f"({figure})" if figure.startswith("-") else figure
        if len(letter) == 1 and index and len(index) <= 5:
            # The index belongs to the letter, not to the figure.
            return Script(Sign(letter, figure, name, "name"), None, Sign(index, " ", name, "name"))
        return Sign(shown.replace("_", " ") if len(shown) > 3 else shown, figure, name, "name")


def _flat(part: Math) -> tuple[Math, ...]:
    return part.parts if isinstance(part, NotationRow) else (part,)


def signs(part: Math) -> Iterator[Sign]:
    """Every sign of the tree, from left to right."""
    todo: list[Math | None] = [part]
    while todo:
        one = todo.pop()
        if isinstance(one, Sign):
            yield one
        elif isinstance(one, NotationRow):
            todo += reversed(one.parts)
        elif isinstance(one, Frac):
            todo += [one.bottom, one.top]
        elif isinstance(one, Script):
            todo += [one.above, one.below, one.base]
        elif isinstance(one, Brackets):
            todo += [Sign(one.right), one.inner, Sign(one.left)]


class Derivation(NamedTuple):
    """One number explained: ``lead`` = formula in letters (left out where ``lettered`` is False) = the same with figures = ``result``.

    ``legend``: letter, what it stands for, and the key of its colour.
    """

    lead: str
    tree: Math
    result: str
    lettered: bool = True
    legend: tuple[tuple[str, str, str], ...] = ()

    @property
    def latex(self) -> str:
        """Both lines, aligned at the sign of equality."""
        tail = f"= {self.result.replace(',', '{,}')}" if self.result and not self.exactly else ""
        figures = f"&= {latex(self.tree, figures=True)} {tail}".rstrip()
        first = f"{_tex_name(self.lead)} &= {latex(self.tree)} \\\\\n" if self.lettered else _tex_name(self.lead) + " "
        return f"\\begin{{aligned}}\n{first}{figures}\n\\end{{aligned}}"

    @property
    def exactly(self) -> bool:
        """Whether the figures alone are the result already (``3 = 3`` says nothing)."""
        return isinstance(self.tree, Sign)


def derivation(
    lead: str, formula: Expression, figures: Scope, symbols: Mapping[str, str], result: int, lettered: bool = True
) -> Derivation:
    """A computed number with letters as short as courses write them."""
    used = {s.key for s in signs(notate(formula, figures, symbols)) if s.key}
    letters = {name: SHORT.get(symbols.get(name, name), symbols.get(name, name)) for name in used}
    for name in letters:  # The formula's own letter is the shortest there is.
        if len(name) == 1 and len(letters[name]) > 3:
            letters[name] = name
    taken = list(letters.values())
    for name, letter in letters.items():
        if taken.count(letter) > 1:
            letters[name] = symbols.get(name, name)
    tree = notate(formula, figures, letters)
    order = dict.fromkeys(s.key for s in signs(tree) if s.key)
    legend = tuple((letters[k], m, k) for k in order if (m := symbols.get(k, k)) != letters[k])
    return Derivation(lead, tree, number_text(int(result)), lettered, legend)


def derive_axis(axis: str, extent: Derived) -> Derivation:
    """How an extent of an output came about: ``H′ = …``."""
    return derivation(f"{axis}′", extent.formula, extent.figures, extent.symbols, int(extent))


# --- LaTeX -------------------------------------------------------------------------------------------------------------------------

_TEX = {
    "⌊": "\\lfloor",
    "⌋": "\\rfloor",
    "⌈": "\\lceil",
    "⌉": "\\rceil",
    "·": "\\cdot",
    "−": "-",
    "√": "\\surd",
    "mod": "\\bmod",
}


def latex(part: Math, figures: bool = False) -> str:
    """The tree as LaTeX, in letters or with its figures."""
    if isinstance(part, Sign):
        return _tex_sign(part, figures)
    if isinstance(part, NotationRow):
        match part.parts:
            case (Sign("√"), Brackets(_, inner, _)):
                return f"\\sqrt{{{latex(inner, figures)}}}"
        return " ".join(filter(None, (latex(p, figures) for p in part.parts)))
    if isinstance(part, Frac):
        return f"\\frac{{{latex(part.top, figures)}}}{{{latex(part.bottom, figures)}}}"
    if isinstance(part, Brackets):
        left, right = _TEX.get(part.left, part.left), _TEX.get(part.right, part.right)
        return f"\\left{left} {latex(part.inner, figures)} \\right{right}"
    below = latex(part.below, figures) if part.below is not None and not figures else ""
    above = latex(part.above, figures) if part.above is not None else ""
    base = latex(part.base, figures)
    return base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _tex_sign(sign: Sign, figures: bool) -> str:
    if figures and sign.figure:
        return sign.figure.strip().replace(",", "{,}")
    if sign.role == "name":
        return _tex_name(sign.text)
    if sign.role == "number":
        return sign.text.replace(",", "{,}") if sign.text[0].isdigit() else f"\\mathrm{{{sign.text}}}"
    return _TEX.get(sign.text, sign.text)


def _tex_name(name: str) -> str:
    """``H′`` as it is, longer names upright."""
    if len(name.rstrip("′")) == 1:
        return {"δ": "\\delta"}.get(name, name.replace("′", "'"))
    safe = "".join({"_": "\\_", "%": "\\%", "&": "\\&", "#": "\\#", "′": "'"}.get(c, c) for c in name)
    return f"\\mathrm{{{safe.replace(' ', '~')}}}"


def plain(part: Math, figures: bool = False) -> str:
    """The tree on one line of plain text."""
    if isinstance(part, Sign):
        return (part.figure.strip() if figures and part.figure else part.text) if part.role != "op" else _spaced(part)
    if isinstance(part, NotationRow):
        return "".join(plain(p, figures) for p in part.parts)
    if isinstance(part, Frac):
        top, bottom = (_bracketed(p, figures) for p in part)
        return f"{top} / {bottom}"
    if isinstance(part, Brackets):
        return f"{part.left}{plain(part.inner, figures)}{part.right}"
    below = f"_{plain(part.below)}" if part.below is not None and not figures else ""
    above = f"^{plain(part.above, figures)}" if part.above is not None else ""
    return plain(part.base, figures) + below + above


def _spaced(sign: Sign) -> str:
    return {"·": "·", ",": ", "}.get(sign.text, f" {sign.text} ")


def _bracketed(part: Math, figures: bool) -> str:
    text = plain(part, figures)
    return f"({text})" if isinstance(part, NotationRow) else text
