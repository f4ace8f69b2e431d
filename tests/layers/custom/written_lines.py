"""Lines of layers of one's own, and formulas as they are typeset, as a page to be read: `python -m tests.layers.custom.written_lines`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.core.text.spellings import EXPRESSIONS, SCOPE
from tests.generators.pages import join_sections
from visualnet.core.expressions import parse
from visualnet.layers.custom.shape_language import (
    class_name,
    output_sizes,
    read_arguments,
    read_rule,
    read_source,
    read_tensors,
    tensors,
)
from visualnet.layers.declaration.layer import ShapeError
from visualnet.layers.declaration.notation import derivation, latex, notate, plain

PAGE = Path(__file__).with_name("written_lines.txt")
SIZES = ((4,), (4, 9), (4, 9, 6), (2, 3, 4, 5))
RULES = (
    "C H W -> C H//2 W//2", "image: C H W -> half: C H//2 W//2", "x: C * -> y: C *", "x: * C -> y: * 2*C", "x: T D, z: T D -> y: T 2*D",
    "x: 4 D -> y: D", "x: C C -> y: C", "x: T D -> y: T p1", "x: T D -> y: T p1*p2", "x: T D -> a: T, b: D@int", "x: -> y: 3", "x: T -> y:",
    "C H W", "-> C", "C ->", "C+1 -> C", "C -> K", "C -> p9", "x: C -> x: C", "x: C, x: C -> y: C", "C * * -> C",
    "C -> *", "x: C@any -> y: C",
    "x?: C -> y: C", "class: C -> y: C", "2x: C -> y: C", "x: a b c d e f g h i -> y: a", "a,b,c,d,e,f,g,h,i -> y: a",
    "x: C -> y: C//0", "x: C -> y: C-9",
    "x: C -> y: (C", "x: ! -> y: 1", f"{'x' * 41}: C -> y: C", "x: T D@int -> y: T D@bool", "A, B -> A+B, A*B", "x: p1 D -> y: p1*D p2",
)  # fmt: skip
ARGUMENTS = (
    "",
    "channels=C, factor=2",
    "C, D",
    "C, factor=2",
    "factor=2, C",
    "a=1, a=2",
    "class=1",
    "1x=2",
    "a=",
    "=2",
    "a=b=c",
    "ﬁ=1, fi=2",
    "__debug__=1",
)
TENSORS = (
    "", "weight: C C 3 3, bias: C", "mean: C @buffer", "a.b.weight: C", "a b: C", "weight: *", "weight?: C",
    "weight: C @int", "w: 1 2 3 4 5 6 7 8 9", "w: C, w: D",
    "deep_er.x_y: C//2", "count: @buffer", "n: 0", ", ".join(f"t{n}: C" for n in range(65)),
)  # fmt: skip
SOURCES = (
    "class A(nn.Module):\n  pass",
    "class A:\n  pass\nclass B(A):\n  pass",
    "  class A:",
    "x = 1",
    "class class(A):",
    "class 1A:",
    "class A(x):\n# a\u00a0b",
    "class Ä():",
    "class None(x):\n  pass\nclass B(x):\n  pass",
)
NAMES = {"kernel": "K_H", "n": "H", "m": "out_features", "k": "kernel_size", "x": "x_long_index"}


def page() -> str:
    """All of it."""
    return join_sections(SECTIONS)


def _rules() -> Iterator[str]:
    for text in RULES:
        rule = _tried(lambda t=text: read_rule(t))
        yield f"“{text[:60]}”: {rule if isinstance(rule, str) else ''}".rstrip()
        if not isinstance(rule, str):
            sides = [
                ", ".join(f"{p} {' '.join(a.axes)} {a.dtype}" for p, a in side.items())
                for side in (rule.inputs, rule.outputs)
            ]
            yield f"  {' → '.join(sides)}"
            for size in SIZES:
                shapes, fits = [], True
                for pattern in rule.inputs.values():
                    fits &= pattern.fits_rank(len(size))
                    shapes.append(size)
                if fits:
                    yield f"  {size}: {_tried(lambda r=rule, s=tuple(shapes): dict(output_sizes(r, s, (7, 2))))}"
                    yield f"  {size} without numbers: {_tried(lambda r=rule, s=tuple(shapes): dict(output_sizes(r, s)))}"


def _others() -> Iterator[str]:
    for text in ARGUMENTS:
        found = _tried(lambda t=text: read_arguments(t))
        yield f"arguments “{text}”: {found if isinstance(found, str) else [(name, _shown(expr)) for name, expr in found]}"
    for text in TENSORS:
        yield f"tensors “{text[:60]}”: {_tried(lambda t=text: _extents(t))}"
    for text in SOURCES:
        yield f"source {text!a}: {class_name(text)!a} {_tried(lambda t=text: read_source(t) == t)}"


def _extents(text: str) -> list[Any]:
    read_tensors(text)
    names = {"C": 4, "D": 6}
    return [
        {name: (tuple(size), size.names) for name, size in tensors(text, names, learned).items()}
        for learned in (True, False)
    ]


def _formulas() -> Iterator[str]:
    for text in EXPRESSIONS:
        expr = _tried(lambda t=text: parse(t))
        if not isinstance(expr, str):
            tree = notate(expr, SCOPE, NAMES)
            yield f"“{text}”: {plain(tree)} | {plain(tree, True)} | {latex(tree)} | {latex(tree, True)}"
    for text in ("n + kernel*x - m", "floor((n + 2*p - k)/s) + 1", "14", "n", "min(n, k)*m", "-n", "n*1000"):
        figures = {"n": 14, "kernel": 3, "x": 2, "m": 1000, "p": -1, "k": 3, "s": 2}
        for lettered in (True, False):
            told = derivation("H′", parse(text), figures, NAMES, 1234, lettered)
            yield f"“{text}”: {told.latex!r} {told.legend} {told.result} {told.exactly}"
    yield derivation(
        "out features", parse("n*m"), {"n": 2, "m": 3}, {"n": "in_features", "m": "in_features"}, 6
    ).latex.replace("\n", " ")


def _shown(expr: Any) -> str:
    return plain(notate(expr, {}))


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "rules": _rules,
    "arguments, tensors, sources": _others,
    "formulas": _formulas,
}


def _tried(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except ShapeError as error:
        return f"✗ {error} at “{error.fault.at}” [{error.fault.formula}]"
    except ValueError as error:
        return f"✗ {error}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
