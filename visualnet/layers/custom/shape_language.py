"""The sizes of a layer of one's own, written in a line: ``image: C H W -> half: C H//2 W//2``.

What comes in names its axes; what goes out is arithmetic in these names; ``!`` is one number for the whole batch (a loss). It is parsed
by the language of ``core.expressions``: nothing in it can run.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from visualnet.core.expressions import Expression, Number, parse
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Pattern, Shape, ShapeError, Sized, read_ports, sized

MAX_PORTS = 8
MAX_AXES = 8
MAX_TENSORS = 64
BUFFER = "buffer"
NUMBERS = tuple(f"p{i}" for i in range(1, 9))
"""What the numbers of a node are called in its lines, unless an axis that comes in is called so."""
_CLASS = re.compile(r"^class[ \t]+([^\W\d]\w*)[ \t]*[(:]", re.MULTILINE)


class ShapeRule(NamedTuple):
    """Input ports with their axes, output ports with an expression for each axis (``*`` stands for the axes it stood for)."""

    inputs: Mapping[str, Pattern]
    outputs: Mapping[str, Pattern]
    extents: Mapping[str, tuple[Expression | None, ...]]


@lru_cache(maxsize=512)
def read_rule(text: str) -> ShapeRule:
    """The rule that a line writes.

    Raises:
        ValueError: it is none; the words say why.
    """
    left, arrow, right = text.partition("->")
    if not arrow:
        raise ValueError("the sizes are written “C H W -> C H//2 W//2”: what comes in, an arrow, what goes out")
    inputs, outputs = _side(left, "x"), _side(right, "y")
    names: set[str] = set()
    for port, pattern in inputs.items():
        for axis in pattern.axes:
            if axis != "*" and not axis.isidentifier() and not axis.isdecimal():
                raise ValueError(f"“{axis}” of the input “{port}” is no name of an axis and no number")
        names |= {a for a in pattern.axes if a.isidentifier()}
    extents = {}
    for port, pattern in outputs.items():
        exprs = tuple(None if axis == "*" else parse(axis) for axis in pattern.axes)
        for expr in filter(None, exprs):
            if unknown := expr.names() - names - set(NUMBERS):
                raise ValueError(
                    f"“{min(unknown)}” of the output “{port}” is no axis that comes in, nor p1 to p{len(NUMBERS)}"
                )
        if None in exprs and not any("*" in p.axes for p in inputs.values()):
            raise ValueError(f"the output “{port}” repeats axes (*) that no input has")
        extents[port] = exprs
    if set(inputs) & set(outputs):
        raise ValueError(f"“{min(set(inputs) & set(outputs))}” is the name of an input and of an output")
    return ShapeRule(inputs, {p: _shown(pattern) for p, pattern in outputs.items()}, extents)


def _side(text: str, name: str) -> dict[str, Pattern]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts) or len(parts) > MAX_PORTS:
        raise ValueError(f"1 to {MAX_PORTS} tensors can stand on a side, with commas between them")
    named = [part if ":" in part else f"{name}{i if len(parts) > 1 else ''}: {part}" for i, part in enumerate(parts, 1)]
    ports = read_ports(", ".join(named))
    if len(ports) < len(parts):
        raise ValueError("two tensors of a side have one name")
    for port, pattern in ports.items():
        if not port.isidentifier() or keyword.iskeyword(port) or len(port) > 40:
            raise ValueError(f"“{port[:40]}” cannot be the name of a port")
        if len(pattern.axes) > MAX_AXES or pattern.axes.count("*") > 1:
            raise ValueError(f"“{port}” can have at most {MAX_AXES} axes, and * once")
        if pattern.optional or pattern.dtype not in ("float", "int", "bool"):
            raise ValueError(f"“{port}” is @float, @int or @bool, and must be wired")
    return ports


def _shown(pattern: Pattern) -> Pattern:
    """The output's axes by name, where they have one of their own."""
    axes = tuple(a if a == "*" or a.isidentifier() else f"d{i}" for i, a in enumerate(pattern.axes, 1))
    return pattern._replace(axes=axes)


def scope(rule: ShapeRule, shapes: tuple[Shape, ...], numbers: Sequence[int] = ()) -> tuple[dict[str, int], Shape]:
    """What the axes' names and those of the numbers stand for, and the extents that ``*`` stands for.

    Raises:
        ShapeError: one name would stand for two extents, or an axis has not the extent that is asked.
    """
    found: dict[str, int] = {}
    star: Shape = ()
    for (port, pattern), shape in zip(rule.inputs.items(), shapes, strict=True):
        if "*" in pattern.axes:
            at, rest = pattern.axes.index("*"), len(shape) - len(pattern.axes) + 1
            star = shape[at : at + rest]
            shape = (*shape[:at], *shape[at + rest :])
        for axis, extent in zip((a for a in pattern.axes if a != "*"), shape, strict=True):
            wanted = int(axis) if axis.isdecimal() else found.setdefault(axis, int(extent))
            if wanted != extent:
                raise ShapeError(
                    f"“{port}” has {extent} along {axis}; {wanted} is wanted", port, f"{extent} ≠ {wanted}"
                )
    return {**dict(zip(NUMBERS, numbers, strict=False)), **found}, star


def output_sizes(rule: ShapeRule, shapes: tuple[Shape, ...], numbers: Sequence[int] = ()) -> dict[str, Shape]:
    """The outputs' sizes; each extent carries its formula."""
    names, star = scope(rule, shapes, numbers)
    found = {}
    for port, exprs in rule.extents.items():
        extents: list[int] = []
        for expr in exprs:
            if expr is not None and (missing := expr.names() - names.keys()):
                raise ShapeError(
                    f"“{min(missing)}” of “{port}” stands for nothing: write it among the numbers", "numbers"
                )
            extents += star if expr is None else [names[expr.name] if expr.op == "name" else derive(expr, names)]
        found[port] = tuple(extents)
    return found


@lru_cache(maxsize=512)
def read_arguments(text: str) -> tuple[tuple[str, Expression], ...]:
    """``channels=C, factor=2``: what the class is made with. A part without a name is given by place.

    Raises:
        ValueError: it is not written so.
    """
    found: list[tuple[str, Expression]] = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, value = part.rpartition("=")
        name = unicodedata.normalize("NFKC", name.strip())  # as Python reads it: “ﬁ” and “fi” are one argument
        kept = keyword.iskeyword(name) or name == "__debug__"
        if equals and (not name.isidentifier() or kept or name in dict(found)):
            raise ValueError(f"“{name[:40]}” cannot be the name of an argument here")
        if not equals and any(n for n, _ in found):
            raise ValueError(f"“{value.strip()[:40]}” has no name but stands behind one that has")
        found.append((name, parse(value.strip())))
    return tuple(found)


def number(value: Number) -> int | float:
    """Whole numbers as such, others with decimals."""
    return int(value) if value == int(value) else float(value)


@lru_cache(maxsize=512)
def read_tensors(text: str) -> Mapping[str, tuple[tuple[Expression, ...], bool]]:
    """``weight: C C 3 3, mean: C @buffer``: each tensor's extents, and whether it is learned.

    Raises:
        ValueError: it is not written so.
    """
    found = {}
    for name, pattern in read_ports(text).items():
        if (
            not all(part.isalnum() or part.replace("_", "a").isalnum() for part in name.split("."))
            or "*" in pattern.axes
        ):
            raise ValueError(f"“{name[:40]}” is no tensor: write “weight: C C 3 3, bias: C”")
        if pattern.dtype not in ("float", BUFFER) or pattern.optional or len(pattern.axes) > MAX_AXES:
            raise ValueError(f"“{name[:40]}” is learned, or saved besides (@{BUFFER})")
        found[name] = tuple(map(parse, pattern.axes)), pattern.dtype != BUFFER
    if len(found) > MAX_TENSORS:
        raise ValueError(f"{len(found)} tensors; {MAX_TENSORS} can be told")
    return found


def tensors(text: str, names: Mapping[str, int], learned: bool) -> dict[str, Sized]:
    """The tensors' sizes."""
    found = {}
    for name, (exprs, learns) in read_tensors(text).items():
        if learns == learned:
            found[name] = sized(**{f"n{i}": int(derive(e, names)) for i, e in enumerate(exprs, 1)})
    return found


def class_name(source: str) -> str:
    """The last class that the source defines at its left edge; empty if there is none. The text is only looked at."""
    names = _CLASS.findall(source)
    return names[-1] if names and not keyword.iskeyword(names[-1]) else ""


def read_source(text: str) -> object:
    """Whether a text can be the source of a layer.

    Raises:
        ValueError: it defines no class, or would not be what it looks like.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isascii() and (unseen := _unseen(line)):
            raise ValueError(
                f"line {number} holds U+{ord(unseen):04X}, which looks like nothing or like a space; delete it there"
            )
    if not class_name(text):
        raise ValueError("the source defines no class; write “class Name(nn.Module):” with forward(self, x)")
    return text


_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0")
"""Letters and marks that Python takes in names and nobody sees."""


def _unseen(line: str) -> str:
    """The first character that the eye cannot tell from nothing, from a space or from a line's end: what is read must be what runs."""
    for before, c in zip(" " + line, line, strict=False):
        point = ord(c)
        selects = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
        if selects and unicodedata.category(before) == "So":
            continue  # ⚠️: how a sign is drawn
        nothing = 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE  # Qt shows some of these as the end of a line
        if selects or nothing or c in _BLANK or (c != " " and unicodedata.category(c) == "Zs"):
            return c
    return ""
