"""The words under “Why 28?”: formulas in letters and with this node's figures. Plain data, so that it can be tested without a window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from visualnet.analysis import NodeFacts
from visualnet.core import expressions
from visualnet.core.expressions import Derived, Expression, number_text, show
from visualnet.layers.declaration.layer import Sized
from visualnet.layers.declaration.notation import Derivation, derivation


class NumberExplanation(NamedTuple):
    """One explained number: the question, and lines from the general to the figure; ``derivation`` is the same to be typeset."""

    question: str
    lines: tuple[str, ...]
    note: str = ""
    derivation: Derivation | None = None
    legend: str = ""
    """What the letters of the lines stand for; what is typeset has its own."""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join(filter(None, (self.question, *self.lines, self.legend, self.note)))


def questions(facts: NodeFacts) -> list[NumberExplanation]:
    """All that is explained of a node: its errors, its shapes, parameters and multiplications."""
    errors = [p for p in facts.problems if p.severity == "error"]
    return [
        *(NumberExplanation(p.words, (p.formula,) if p.formula else (), "error", p.derivation) for p in errors),
        *shapes(facts),
        *(why for why in (parameters(facts), macs(facts)) if why is not None),
    ]


def ports(facts: NodeFacts) -> Iterator[tuple[str, str, str]]:
    """What comes and goes at each port: its name, the shape, and what the port takes or what the axes are called."""
    for (port, pattern), spec in zip(facts.inputs.items(), facts.arriving, strict=True):
        yield (
            f"→ {port}",
            spec.text if spec else ("open" if pattern.optional else "nothing yet"),
            f"takes {pattern.text}",
        )
    for port in facts.outputs:
        left = facts.leaving.get(port)
        yield f"{port} →", left.text if left else "unknown", " × ".join(left.axes) if left else ""


def shapes(facts: NodeFacts) -> Iterator[NumberExplanation]:
    """For every output extent that was computed: its formula. Axes with the same figures are told once."""
    for spec in facts.leaving.values():
        told: dict[tuple[object, ...], list[tuple[str, Derived]]] = {}
        for axis, extent in zip(spec.axes, spec.shape, strict=True):
            if isinstance(extent, Derived):
                told.setdefault((extent.formula, tuple(extent.figures.items())), []).append((axis, extent))
        for same in told.values():
            axis, extent = same[0]
            names = ", ".join(f"{a}′" for a, _ in same)
            general, legend = in_letters(extent)
            lines = [f"{names} = {general}"] if any(c.isalpha() for c in general) else []
            question = f"Why {'×'.join(str(int(e)) for _, e in same)}?"
            lettered = "n0" not in general and any(c.isalpha() for c in general)
            made = derivation(names, extent.formula, extent.figures, extent.symbols, int(extent), lettered)
            yield NumberExplanation(question, (*_unless_numbered(lines), f"= {extent.filled}"), "", made, legend)


def in_letters(extent: Derived) -> tuple[str, str]:
    """The formula short enough for a narrow column, and what its letters stand for."""
    letters = {k: v for k, v in extent.symbols.items() if len(k) == 1 and len(v) > 2}
    symbols = {k: v for k, v in extent.symbols.items() if k not in letters}
    used = extent.formula.names()
    return show(extent.formula, None, symbols), " · ".join(f"{k} {v}" for k, v in letters.items() if k in used)


def _unless_numbered(lines: list[str]) -> list[str]:
    """Leave out a general formula that only numbers its factors (n0·n1·n2): the figures say more."""
    return [line for line in lines if "n0" not in line]


def parameters(facts: NodeFacts) -> NumberExplanation | None:
    """How many numbers are learned, weight by weight."""
    if not facts.weights:
        return None
    letters, figures = [], []
    for weight in facts.weights.values():
        letters.append("·".join(_plain(name, facts.layer) for name in weight.names))
        figures.append("·".join(number_text(n) for n in weight))
    total = sum(w.total for w in facts.weights.values())
    note = f"shares {', '.join(sorted(facts.shared))} with another node; not counted again" if facts.shared else ""
    lines = " + ".join(letters), f"= {' + '.join(figures)} = {total:,}"
    return NumberExplanation(f"Why {total:,} parameters?", lines, note, _counted(facts, total))


def first_deviation(facts: NodeFacts) -> NumberExplanation | None:
    """How far the first matrix's numbers spread before training, by the formula of how they are drawn."""
    name = next((k for k, w in facts.weights.items() if len(w) >= 2), "")
    made = facts.init.derivation(tuple(map(int, facts.weights[name]))) if name else None
    if made is None:
        return None
    formula = expressions.parse(facts.init.deviation)
    shown = show(formula, facts.init.figures(tuple(map(int, facts.weights[name]))))
    return NumberExplanation(
        f"Why a standard deviation of {made.result}?",
        (f"std = {show(formula)}", f"= {shown} = {made.result}"),
        "",
        made,
    )


MOST_TERMS = 8


def _counted(facts: NodeFacts, total: int) -> Derivation | None:
    """K²·C·M + M: each tensor a product, kernels first; equal tensors once with their number. None where that would be endless."""
    scope: dict[str, int] = {}
    terms: dict[tuple[tuple[str, int], ...], int] = {}
    for weight in facts.weights.values():
        names = [_plain(name, facts.layer) for name in weight.names]
        pairs = sorted(zip(names, map(int, weight), strict=True), key=lambda p: not p[0].startswith("K"))
        if any(scope.setdefault(name, figure) != figure for name, figure in pairs):
            return None  # One letter would stand for two numbers.
        terms[tuple(pairs)] = terms.get(tuple(pairs), 0) + 1
    if not terms or len(terms) > MOST_TERMS or not all(terms):
        return None
    kernels = {n: f for n, f in scope.items() if n.startswith("K")}
    if len(kernels) > 1 and len(set(kernels.values())) == 1:
        scope["K"] = next(iter(kernels.values()))
    sums = [
        _product([("K", n) if "K" in scope and n.startswith("K") else ("", n) for n, _ in t], times)
        for t, times in terms.items()
    ]
    whole = sums[0]
    for term in sums[1:]:
        whole = Expression("+", (whole, term))
    symbols = {"K": "kernel_size"} if "K" in scope else {}
    return derivation("parameters", whole, scope, symbols, total)


def _product(factors: list[tuple[str, str]], times: int) -> Expression:
    """A product of names; those that are one and the same become a power."""
    found: dict[str, int] = {}
    for same, name in factors:
        found[same or name] = found.get(same or name, 0) + 1
    parts = [Expression("number", value=times)] if times > 1 else []
    for name, power in found.items():
        one = Expression("name", name=name)
        parts.append(Expression("**", (one, Expression("number", value=power))) if power > 1 else one)
    whole = parts[0]
    for part in parts[1:]:
        whole = Expression("*", (whole, part))
    return whole


def macs(facts: NodeFacts) -> NumberExplanation | None:
    """How many multiplications one sample takes."""
    count = facts.macs
    if not isinstance(count, Derived) or not count:
        return None
    formula = _without_ones(count.formula, count.figures)
    general, filled = show(formula, None, count.symbols), show(formula, count.figures)
    lines = general, f"= {filled} = {number_text(int(count))}"
    made = derivation("multiplications", formula, count.figures, count.symbols, int(count))
    return NumberExplanation(f"Why {count:,} multiplications?", lines, "", made)


def _without_ones(expr: Expression, figures: Mapping[str, Any]) -> Expression:
    """The expression without divisors that are 1 here."""
    args = tuple(_without_ones(a, figures) for a in expr.args)
    if expr.op == "/" and args[1].op == "name" and figures.get(args[1].name) == 1:
        return args[0]
    return expr if args == expr.args else Expression(expr.op, args, expr.name, expr.value)


def _plain(name: str, layer: Any) -> str:
    """``in_channels/groups`` without a divisor that is 1 here."""
    first, _, divisor = name.partition("/")
    return first if divisor and getattr(layer, divisor, None) == 1 else name


def tensors(weights: dict[str, Sized]) -> str:
    """``weight 6×1×5×5, bias 6``."""
    return ", ".join(f"{name} {'×'.join(map(str, w)) or '1'}" for name, w in weights.items())
