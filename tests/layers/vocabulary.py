"""What every layer says of itself and makes of what arrives, as a page to be read: `python -m tests.layers.vocabulary`.

The shapes, weights and multiplications are held against torch elsewhere, by random parameters; here stand the words too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from visualnet.analysis.facts import NodeFacts
from visualnet.analysis.inference.infer import infer
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Project
from visualnet.layers import LAYERS
from visualnet.layers.declaration.layer import BadParams, Layer
from visualnet.layers.declaration.params import Bool, Choice, Float, Int, Ints, Param

PAGE = Path(__file__).with_name("vocabulary.txt")
Size = tuple[int, ...]
SIZES: tuple[tuple[Size, ...], ...] = (
    ((),),
    ((1,),),
    ((12,),),
    ((6, 8),),
    ((6, 1), (6, 8)),
    ((3, 8, 8),),
    ((4, 9, 6), (4, 6, 9)),
    ((8, 8, 8), (4, 8, 8)),
    ((4, 5, 8, 8),),
    ((12,), (12,), (6, 8)),
    ((6, 8), (5, 8), (4, 8)),
    ((12,), ()),
    ((10, 7, 7), (7, 7)),
)
"""What arrives, port by port; the last goes on for the ports that are left."""


def page() -> str:
    """Every layer."""
    return "\n".join(line for tag in LAYERS for line in lines(tag))


def lines(tag: str) -> Iterator[str]:
    """One layer: its form, its cards, its answers."""
    kind = LAYERS[tag]
    flags = [name for name in ("adapter", "hidden", "settles", "pointwise", "rare", "random") if getattr(kind, name)]
    yield f"=== {tag}"
    yield f"  {kind.label} · {kind.family} · {kind.role or 'layer'} {kind.better} {kind.holds} {' '.join(flags)}".rstrip()
    several = {(*sizes, *[sizes[-1]] * 9)[: len(kind().inputs())]: None for sizes in SIZES}
    met = [sizes for sizes in several if not any(p.severity == "error" for p in node_of(tag, sizes).problems)]
    for name, param in kind.params.items():
        yield f"  {name}: {_form(param)}"
        for value in dict.fromkeys(_others(param)):
            yield f"    {_shown(value)}: {_card(kind, name, value)}"
            for sizes in met[-1:] if "✗" not in _card(kind, name, value) else ():
                yield from (f"      {line}" for line in _answers(node_of(tag, sizes, {name: value}), sizes, ()))
    for sizes in several if several != {(): None} else ():
        yield from (f"  {line}" for line in _answers(node_of(tag, sizes), sizes, ("rank",)))
    yield ""


def _form(param: Param) -> str:
    bounds = f" {param.low:g} to {param.high:g}" if isinstance(param, Int | Float | Ints) else ""
    flags = [name for name in ("more", "card", "fit") if getattr(param, name, False)]
    return f"{type(param).__name__}{bounds} default {_shown(param.default)} {' '.join(flags)}".rstrip()


def _shown(value: Any) -> str:
    return "×".join(map(_shown, value)) if isinstance(value, tuple) else str(value)


def _others(param: Param) -> Iterator[Any]:
    """Other values than the default, at the bounds and behind them."""
    if isinstance(param, Bool):
        yield not param.default
    elif isinstance(param, Choice):
        yield from (option for option in param.options if option != param.default)
    elif isinstance(param, Int | Float):
        yield from (param.low, param.high, param.low - 1, param.high + 1, 3)
    elif isinstance(param, Ints):
        yield from (3, (2, 3), (param.low,) * (param.rank or 1), (param.low - 1,) * (param.rank or 1))


def _card(kind: type[Layer], name: str, value: Any) -> str:
    try:
        layer = kind({name: value})
    except BadParams as error:
        return "; ".join(f"✗ {fault.words}" for fault in error.faults)
    return f"“{layer.card()}” {layer.params[name].short(layer.values()[name])}"


def _answers(facts: NodeFacts, sizes: tuple[Size, ...], known: tuple[str, ...]) -> Iterator[str]:
    """What leaves a layer, and what is wrong; of problems that are ``known`` enough only the code."""
    arrives = ", ".join("×".join(map(str, size)) or "()" for size in sizes)
    leaves = ", ".join(f"{port} {spec.text} ({' '.join(spec.axes)})" for port, spec in facts.leaving.items())
    figures = [f"{facts.parameters:,} parameters"] if facts.parameters else []
    figures += [f"{facts.macs:,} MACs"] if facts.macs else []
    codes = dict.fromkeys(p.code for p in facts.problems if p.code in known)
    yield f"{arrives} → {' · '.join([leaves or '✗', *figures, *codes])}"
    for problem in facts.problems:
        if problem.code not in known:
            formula = f" [{problem.formula}]" if problem.formula else ""
            yield f"  {problem.severity} {problem.code} at “{problem.at}”: {problem.words}{formula}"


def node_of(tag: str, sizes: tuple[Size, ...], params: Mapping[str, Any] = MappingProxyType({})) -> NodeFacts:
    """What is known of a layer into which inputs of these sizes lead; whole numbers where its port wants such."""
    nodes, wires = {}, {}
    for at, ((port, pattern), size) in enumerate(zip(LAYERS[tag]().inputs().items(), sizes, strict=True)):
        dtype = pattern.dtype if pattern.dtype in ("float", "int", "bool") else "float"
        nodes[f"i{at}"] = Node(id=f"i{at}", kind="input", name=f"i{at}", params={"size": size, "dtype": dtype})
        wires[Port("n", port)] = Port(f"i{at}", "x")
    nodes["n"] = Node(id="n", kind=tag, name="n", params=params)
    return infer(Project(graph=Graph(nodes, wires))).main.nodes["n"]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
