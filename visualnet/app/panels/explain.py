"""The words under “Why 28?”: formulas in letters and with this node's figures. Plain data, so that it can be tested without a window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from visualnet.analysis import NodeFacts
from visualnet.core.expressions import Derived, number_text, show
from visualnet.layers.declare import Sized


class Why(NamedTuple):
    """One explained number: the question, and lines from the general to the figure."""

    question: str
    lines: tuple[str, ...]
    note: str = ""


def shapes(facts: NodeFacts) -> Iterator[Why]:
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
            yield Why(question, (*_unless_numbered(lines), f"= {extent.filled}"), legend)


def in_letters(extent: Derived) -> tuple[str, str]:
    """The formula short enough for a narrow column, and what its letters stand for."""
    letters = {k: v for k, v in extent.symbols.items() if len(k) == 1 and len(v) > 2}
    symbols = {k: v for k, v in extent.symbols.items() if k not in letters}
    used = extent.formula.names()
    return show(extent.formula, None, symbols), " · ".join(f"{k} {v}" for k, v in letters.items() if k in used)


def _unless_numbered(lines: list[str]) -> list[str]:
    """Leave out a general formula that only numbers its factors (n0·n1·n2): the figures say more."""
    return [line for line in lines if "n0" not in line]


def parameters(facts: NodeFacts) -> Why | None:
    """How many numbers are learned, weight by weight."""
    if not facts.weights:
        return None
    letters, figures = [], []
    for weight in facts.weights.values():
        letters.append("·".join(_plain(name, facts.layer) for name in weight.names))
        figures.append("·".join(number_text(n) for n in weight))
    total = sum(w.total for w in facts.weights.values())
    note = f"shares {', '.join(sorted(facts.shared))} with another node; not counted again" if facts.shared else ""
    return Why(f"Why {total:,} parameters?", (" + ".join(letters), f"= {' + '.join(figures)} = {total:,}"), note)


def macs(facts: NodeFacts) -> Why | None:
    """How many multiplications one sample takes."""
    count = facts.macs
    if not isinstance(count, Derived) or not count:
        return None
    general, filled = count.general, count.filled
    for name in [n for n in count.figures if count.figures[n] == 1 and f" / {count.symbols.get(n, n)}" in general]:
        general = general.replace(f" / {count.symbols.get(name, name)}", "")
        filled = filled.replace(" / 1", "")
    return Why(f"Why {count:,} multiplications?", (_bare(general), f"= {_bare(filled)}"))


def _plain(name: str, layer: Any) -> str:
    """``in_channels/groups`` without a divisor that is 1 here."""
    first, _, divisor = name.partition("/")
    return first if divisor and getattr(layer, divisor, None) == 1 else name


def _bare(formula: str) -> str:
    """Without brackets around a single name or number."""
    return re.sub(r"(?<![\w⌊])\(([\w,]+)\)", r"\1", formula)


def tensors(weights: dict[str, Sized]) -> str:
    """``weight 6×1×5×5, bias 6``."""
    return ", ".join(f"{name} {'×'.join(map(str, w)) or '1'}" for name, w in weights.items())
