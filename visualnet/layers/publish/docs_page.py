"""The reference pages, written from the declarations: ``python -m visualnet.layers.publish.docs_page`` writes ``docs/layers.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from visualnet.core import expressions
from visualnet.core.storage import project_file
from visualnet.layers import FAMILIES, LAYERS, Layer
from visualnet.layers.declaration.drawings import Drawing
from visualnet.layers.declaration.initialization import INITIALIZATIONS, SYMBOLS
from visualnet.layers.declaration.layer import Pattern, ShapeError, Sized
from visualnet.layers.declaration.params import Bool, Choice, Code, Field, Float, Floats, Int, Ints, Param, Text

NAME = "layers.md"
_HEAD = """# Layers

Every layer that VisualNet knows, by family. This page is written from the declarations in `visualnet/layers/`;
`python -m visualnet.layers.publish.docs_page` writes it anew.

Sizes leave out the batch, which is always there and always axis 0. Parameters have torch's own names; where a number is wanted, an
expression such as `2*channels` may stand. “Example” shows the learned tensors for one size that fits.
"""
LEFT: Mapping[str, str] = {
    "CTCLoss": "wants the length of every sample's sequences besides; no data set here tells them",
    "AdaptiveLogSoftmaxWithLoss": "is a layer and its loss in one; use Linear and Cross-entropy",
    "LinearCrossEntropyLoss": "is Linear and Cross-entropy in one, to spare memory; use both",
    "TripletMarginWithDistanceLoss": "takes a function as parameter; use Triplet margin",
    "SyncBatchNorm": "is BatchNorm over several computers; a file says BatchNorm",
}
"""Layers of ``torch.nn`` that are not declared, and why. Containers, and the lazy twins whose sizes are known here, are no layers."""
_EXTENTS = {"C": 16, "H": 32, "W": 32, "L": 32, "T": 10, "S": 12, "D": 64, "K": 10}
MOST = 24
"""So many tensors are listed; a stack of layers has the same ones again and again."""
_DTYPES = {"float": "real", "int": "whole numbers", "bool": "yes or no", "any": "any type", "same": "the input's type"}


def page(tag: str) -> str:
    """One layer type's page, in Markdown."""
    kind = LAYERS[tag]
    title = f"### {kind.label}\n\n`{tag}`"
    first, _, rest = kind.page().partition("\n")
    paper = f"Paper: {kind.paper}." if kind.paper else ""
    parts = [title, first, rest.strip(), _ports(kind), params_table(kind.params), _example(kind), paper]
    return "\n\n".join(filter(None, parts)) + "\n"


def text() -> str:
    """All pages as one document, with a table of contents."""
    families = {f: [tag for tag, kind in LAYERS.items() if kind.family == f] for f in FAMILIES}
    shown = {f: tags for f, tags in families.items() if tags}
    contents = [f"- **{FAMILIES[f]}**: {', '.join(LAYERS[tag].label for tag in tags)}" for f, tags in shown.items()]
    chapters = [f"## {FAMILIES[f]}\n\n" + "\n".join(page(tag) for tag in tags) for f, tags in shown.items()]
    left = [_first_weights(), "## Not here", "", "What `torch.nn` has and VisualNet has not:", ""]
    left += [f"- `nn.{name}` {why}." for name, why in LEFT.items()]
    return "\n".join([_HEAD, *contents, "", *chapters, *left, ""])


def _first_weights() -> str:
    """How weights can start, as a chapter."""
    parts = [
        "## First weights",
        "How a node's weights start; the names are those of `torch.nn.init`. Every matrix and kernel is drawn, biases start at zero, other",
        "vectors (scales of normalizations) stay as PyTorch has them.",
    ]
    chapter = [parts[0], "\n".join(parts[1:])]
    for tag, kind in INITIALIZATIONS.items():
        formula = expressions.parse(kind.deviation) if kind.deviation else None
        letters = "; ".join(f"{name}: {SYMBOLS[name]}" for name in sorted(formula.names())) if formula else ""
        spread = f"Standard deviation: {expressions.show(formula)}" if formula else ""
        chapter += [f"### {kind.label}", f"`{tag}`", kind.page(), params_table(kind.params)]
        chapter += [f"{spread}{f' ({letters})' if letters else ''}." if spread else ""]
        chapter += [f"Paper: {kind.paper}." if kind.paper else ""]
    return "\n\n".join(filter(None, chapter)) + "\n"


def write(folder: Path) -> Path:
    """Write the document into the folder.

    Raises:
        FileError: it cannot be written.
    """
    path = folder / NAME
    project_file.write(path, text().encode())
    return path


def _ports(kind: type[Layer]) -> str:
    layer = kind()
    sides = {"In": layer.inputs(), "Out": layer.outputs()}
    numbers = (
        "\n- Or at every input one number for the batch (a loss): then it gives one." if layer.takes_numbers else ""
    )
    return "\n".join(
        f"- {side}: {'; '.join(_port(*p) for p in ports.items())}" for side, ports in sides.items() if ports
    ) + (numbers if layer.outputs() and not layer.role else "")


def _port(name: str, pattern: Pattern) -> str:
    if not pattern.batched:
        return f"`{name}` (one number for the batch)"
    told = [pattern.text if pattern.axes != ("*",) else "any size", _DTYPES[pattern.dtype]]
    return f"`{name}` ({', '.join(told + ['may stay open'] * pattern.optional)})"


def params_table(params: Mapping[str, Param]) -> str:
    """Parameters as a table, in Markdown; nothing where there are none."""
    if not params:
        return ""
    rows = [f"| `{name}` | {_default(p)} | {_allowed(p)} | {_meaning(p)} |" for name, p in params.items()]
    return "\n".join(["| parameter | default | allowed | meaning |", "|---|---|---|---|", *rows])


def _default(param: Param) -> str:
    if isinstance(param, Bool):
        return "yes" if param.default else "no"
    return (
        f"`{param.default}`" if isinstance(param, Text) and not isinstance(param, Code) else param.short(param.default)
    )


def _allowed(param: Param) -> str:
    if isinstance(param, Choice):
        return ", ".join(f"`{option}`" for option in param.options)
    if isinstance(param, Bool):
        return "yes, no"
    if isinstance(param, Field):
        return "a field's name"
    if isinstance(param, Text):
        return "Python, at most 64 KiB" if isinstance(param, Code) else "a line"
    assert isinstance(param, Int | Float | Ints | Floats)
    bounds = f"{_figure(param.low)} to {_figure(param.high)}"
    if isinstance(param, Floats):
        return f"up to {param.longest:,} × {bounds}, nothing"
    words = ["nothing"] * bool(param.none)
    if isinstance(param, Float):
        return ", ".join([bounds, *words])
    if isinstance(param, Ints):
        words += [f"`{word}`" for word in param.words]
        bounds = f"{param.rank or 'up to ' + str(param.longest)} × {bounds}" if param.rank != 1 else bounds
    return ", ".join([bounds, *words])


def _figure(number: float) -> str:
    shown = f"10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[len(f'{abs(number):.0f}') - 1]}" if abs(number) in (1e6, 1e9) else f"{abs(number):,g}"
    return "−" * (number < 0) + shown


def _meaning(param: Param) -> str:
    options: Mapping[str, str] = param.options if isinstance(param, Choice) else getattr(param, "words", {})
    told = "; ".join(f"`{k}`: {v}" for k, v in options.items())
    unit = f" ({param.unit})" if param.unit else ""
    return f"{param.doc}{unit}{' ' + told + '.' if told else ''}".replace("|", "\\|")


def _example(kind: type[Layer]) -> str:
    """The learned tensors for the usual size of each port."""
    layer = kind()
    shapes = [_usual(p) if not p.optional else None for p in layer.inputs().values()]
    lines = [*_tensors("learned", layer.weights(*shapes)), *_tensors("saved", layer.buffers(*shapes))] if shapes else []  # type: ignore[arg-type]
    if not lines:
        return ""
    sizes = ", ".join("×".join(map(str, s)) or "1" for s in shapes if s is not None)
    return "\n".join([f"Example, for {sizes}:", "", *lines])


def drawing(tag: str) -> Drawing | None:
    """A layer's drawing with its defaults, for the usual sizes; None for a layer that has none."""
    layer = LAYERS[tag]()
    ports = layer.inputs().values()
    shapes: Any = layer.example() or tuple(_usual(p) if not p.optional else None for p in ports)
    try:
        return layer.drawing(*shapes)
    except ShapeError:
        return None


def _usual(pattern: Pattern) -> tuple[int, ...]:
    return tuple(_EXTENTS.get(axis, 8) for axis in pattern.axes if axis != "*")


def _tensors(what: str, tensors: Mapping[str, Sized]) -> Iterator[str]:
    for number, (name, tensor) in enumerate(tensors.items()):
        if number == MOST:
            yield f"- … and {len(tensors) - MOST} more, named alike"
            return
        extents = " × ".join(f"{n} {extent:,}" for n, extent in zip(tensor.names, tensor, strict=True)) or "one number"
        yield f"- `{name}` ({what}): {extents}" + (f" = {tensor.total:,}" if len(tensor) > 1 else "")


def main(args: list[str] | None = None) -> Any:
    """Write the document into the folder ``docs`` of this checkout."""
    return write(Path(__file__).parents[3] / "docs")


if __name__ == "__main__":
    main()
