"""What the repair finder may try at nodes: other parameters, and layers put into a wire.

A candidate is an edit with words and a cost; whether it helps is found by inference. The costs say what is likelier meant: a default, a
value that a node of the same kind has, an extent that occurs nearby; a small change; one near the fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import permutations
from math import prod
from typing import Any, NamedTuple

from visualnet.analysis.facts import GraphFacts, NodeFacts, Problem
from visualnet.analysis.repair.free_place import place_between
from visualnet.core import edits
from visualnet.core.graph import Node, Port, Value, Wire
from visualnet.core.project import Project
from visualnet.layers.declaration.drawings import SlidingWindow
from visualnet.layers.declaration.layer import LAYERS, BadParams, Layer, Pattern, Shape, ShapeError, Spec
from visualnet.layers.declaration.params import Bool, Choice, Code, Int, Ints, Param

REACH = 14
"""How many nodes upstream of a fault are searched."""
RARE = 0.4
"""What a parameter costs more that is folded away in the form, unless it goes back to its default."""
ODD = 0.2
"""How much less it costs to give a parameter back what is usual, where it alone of its kind has something else."""
ACTIVATIONS = ("relu", "tanh")
"""What is offered to be put between two linear layers."""
FARTHEST = 6
"""So many nodes away an odd parameter is still likelier the slip than one nearby that is as usual."""
FAR = 12
"""How large a kernel, stride or padding is tried."""
AMPLE = 64
"""Every number up to this one is tried where the file says one; of a larger one only its neighbours, however large it is."""
MOST_AXES = 6
"""The orders of more axes than this are not tried: there are too many."""


class Candidate(NamedTuple):
    """An edit that may be a repair. ``back``: it takes an earlier edit back."""

    words: str
    edit: Callable[[Project], Project]
    cost: float
    inserts: bool = False
    back: bool = False


class ProblemPlace(NamedTuple):
    """Where a problem is, and all that is known there."""

    project: Project
    problem: Problem
    facts: GraphFacts
    fields: Mapping[str, Spec] | None

    @property
    def sheet(self) -> str:
        return self.problem.sheet

    @property
    def node(self) -> NodeFacts:
        return self.facts.nodes[self.problem.node]

    def near(self) -> list[tuple[str, int]]:
        """The faulty node, whose weights it shares, and those upstream, breadth first, with their distance."""
        seen, queue = {self.problem.node: 0}, [self.problem.node]
        owner = self.node.node.shares
        if owner is not None and owner in self.facts.nodes:
            seen[owner] = 1
        for node_id in queue:
            if len(seen) >= REACH:
                break
            for wire in self.facts.topology.into[node_id]:
                if wire.source.node not in seen:
                    seen[wire.source.node] = seen[node_id] + 1
                    queue.append(wire.source.node)
        return list(seen.items())


# --- parameters --------------------------------------------------------------------------------------------------------------------


def values(place: ProblemPlace, node_id: str, distance: int) -> Iterator[Candidate]:
    """Other values for the node's parameters, where they can change a shape or are at fault."""
    facts = place.facts.nodes[node_id]
    node = facts.node
    kind = LAYERS.get(node.kind)
    if kind is None:
        yield from _block_values(place, facts, distance)
        return
    alike = [
        f.layer.values() for f in place.facts.nodes.values() if f.layer and f.node.kind == node.kind and f is not facts
    ]
    shapes = _shapes_near(place)
    for name, param in kind.params.items():
        raw = node.params.get(name, param.default)
        wrong = any(p.at == name for p in facts.problems)
        if isinstance(param, Code) or not (wrong or isinstance(param, Int | Ints | Bool | Choice)):
            continue  # a repair never replaces a person's own code
        current = facts.layer.values()[name] if facts.layer is not None else param.default
        usual = dict.fromkeys(v[name] for v in alike)
        for value in dict.fromkeys(_hashable(v) for v in _others(param, raw, current, facts, shapes, usual, wrong)):
            if (value == _hashable(current) and not wrong) or _idles(kind, facts, node.params, name, value):
                continue
            cost = _value_cost(param, value, current, usual, shapes) + 0.3 * distance
            cost += 0.0 if param.fit or wrong else 0.25
            if _odd(param, current, usual) and (value == _hashable(param.default) or value in usual):
                cost -= ODD + 0.15 * min(distance, FARTHEST)
            if place.problem.code == "dtype":
                cost += -0.8 if isinstance(param, Choice) else 1.0  # A size is no matter of whole or real numbers.
            elif place.problem.code in ("labels", "more-classes") and value in {
                f.classes for f in (place.fields or {}).values()
            }:
                cost -= 1.0  # As many as the data count: that is what is missing.
            elif param.more and not wrong and value != _hashable(param.default) and value not in usual:
                cost += RARE  # What few people ever set is seldom the slip.
            cost += (0.3 if kind.role and distance else 0.0) - (0.6 if wrong else 0.0)
            yield _set(node, place.sheet, name, param, value, cost)


def _odd(param: Param, current: Any, usual: Mapping[Any, None]) -> bool:
    """Whether the parameter has neither its default nor what others of its kind have."""
    return bool(usual) and _hashable(current) not in (_hashable(param.default), *usual)


def _idles(kind: type[Layer], facts: NodeFacts, params: Mapping[str, Value], name: str, value: Any) -> bool:
    """Whether the layer would slide a window of one cell and learn nothing, as a pooling of 1×1: that hides a fault and mends nothing."""
    if value not in (1, (1,), (1, 1), (1, 1, 1)):
        return False
    arriving = zip(facts.inputs.values(), facts.arriving, strict=True)
    if not all(s is not None and fits(pattern, s) for pattern, s in arriving):
        return False
    shapes: Any = facts.shapes
    try:
        layer = kind({**params, name: value})
        drawing = layer.drawing(*shapes)
        return (
            isinstance(drawing, SlidingWindow) and not any(n > 1 for n in drawing.kernel) and not layer.weights(*shapes)
        )
    except (BadParams, ShapeError):
        return False


def _block_values(place: ProblemPlace, facts: NodeFacts, distance: int) -> Iterator[Candidate]:
    """The parameters that a block's instance gives to its inside."""
    block = place.project.blocks.get(facts.node.block or "")
    extents = {n for shape in _shapes_near(place) for n in shape}
    for name, default in block.params.items() if block else ():
        raw = facts.node.params.get(name, default)
        current = facts.inside[0].scope[name] if facts.inside else default
        near = {default, *extents, *(current + s for s in (-2, -1, 1, 2)), current * 2, current // 2}
        for value in sorted(v for v in near if v > 0 and v != raw):
            words = f"Set {name} of “{facts.node.name}” → {value}"
            change = partial(edits.set_params, sheet=place.sheet, ids=[facts.node.id], values={name: value})
            yield Candidate(words, change, 1.0 + 0.3 * distance - 0.35 * (value == default) + _step(value, current))


def _set(node: Node, sheet: str, name: str, param: Param, value: Any, cost: float) -> Candidate:
    raw = edits.RESET if value == _hashable(param.default) and name in node.params else value
    edit = partial(edits.set_params, sheet=sheet, ids=[node.id], values={name: raw})
    return Candidate(set_words(node, name, param, value), edit, cost)


def set_words(node: Node, name: str, param: Param, value: Any) -> str:
    """Say that a parameter gets a value."""
    spoken = name.replace("_", " ")
    if isinstance(param, Bool):
        return f"Turn {spoken} of “{node.name}” {'on' if value else 'off'}"
    return f"Set {spoken} of “{node.name}” → {param.short(value)}"


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shapes_near(place: ProblemPlace) -> list[Shape]:
    """The shapes at the faulty node and of what it reads."""
    node = place.node
    found = [s.shape for s in node.arriving if s is not None]
    found += [s.shape for w in place.facts.topology.into[node.node.id] for s in _leaving(place, w.source.node)]
    return [tuple(map(int, s)) for s in dict.fromkeys(found)]


def _leaving(place: ProblemPlace, node_id: str) -> Iterable[Spec]:
    return place.facts.nodes[node_id].leaving.values()


def _step(value: float, current: Any) -> float:
    if not isinstance(current, int | float):
        return 0.3
    return 0.3 * abs(value - current) / (max(abs(value), abs(current)) + 2)


def _value_cost(param: Param, value: Any, current: Any, usual: Mapping[Any, None], shapes: list[Shape]) -> float:
    """What a value costs: less where it is likelier meant."""
    cost = 1.0
    if value == _hashable(param.default):
        cost -= 0.35
    if value in usual:
        cost -= 0.3
    if isinstance(value, int) and any(value in s for s in shapes):
        cost -= 0.2
    if isinstance(value, tuple):
        now = current if isinstance(current, tuple) and len(current) == len(value) else ()
        changed = [(v, c) for v, c in zip(value, now, strict=bool(now)) if v != c]
        cost += 0.1 * len(changed) + sum(_step(v, c) for v, c in changed) / max(len(changed), 1) if now else 0.3
        if isinstance(param, Ints) and param.rank and param.fit and value != _hashable(param.default):
            cost += min(0.8, 0.15 * max([0, *(abs(v - c) - 3 for v, c in changed)]))  # Nobody slips so far.
        if len(set(value)) > 1 and param.default and len(set(now)) == 1:
            cost += 0.5  # A square window seldom becomes an oblong one.
        if value in shapes:
            cost -= 0.2
        if -1 in value:
            cost += 0.2
    else:
        cost += _step(value, current) if isinstance(value, int) else 0.2
    return cost


def _others(
    param: Param,
    raw: Value,
    current: Any,
    facts: NodeFacts,
    shapes: list[Shape],
    usual: Mapping[Any, None],
    wrong: bool,
) -> Iterator[Any]:
    """Values for a parameter: the default, what others of its kind have, and what its type suggests."""
    yield _hashable(param.default)
    yield from usual
    if isinstance(param, Bool):
        yield not current
    elif isinstance(param, Choice):
        yield from param.options
    elif isinstance(param, Int) and isinstance(current, int):
        yield from _whole_numbers(param, raw, current, shapes)
    elif isinstance(param, Ints) and param.rank:
        yield from _windows(param, raw, current)
    elif isinstance(param, Ints):
        yield from _sizes(param, current, facts, shapes)


def _whole_numbers(param: Int, raw: Value, current: int, shapes: list[Shape]) -> Iterator[int]:
    extents = {n for shape in shapes for n in shape}
    near = {current + s for s in range(-4, 5)} | {current * 2, current // 2, param.low, *extents}
    near |= {d for n in extents for d in range(1, 33) if n % d == 0}
    near |= {n * current for n in (3, 4)} | {-(-n // current) * current for n in extents if current > 0}
    if isinstance(raw, int):
        near.add(min(max(raw, param.low), param.high))
    # What is no number of channels or features (layers, groups, heads) is small.
    top = param.high if param.fit else min(param.high, max(64, 2 * current))
    yield from sorted(n for n in near if param.low <= n <= top)


def _windows(param: Ints, raw: Value, current: Any) -> Iterator[Any]:
    """Kernels, strides, paddings: the same along all axes, or one axis changed."""
    yield from param.words
    if param.none:
        yield None
    if isinstance(raw, int):
        yield (min(max(raw, param.low), param.high),) * param.rank
    numbers = current if isinstance(current, tuple) else None
    for n in _window_sizes(param, numbers or ()):
        yield (n,) * param.rank
        for axis in range(param.rank) if numbers else ():
            assert numbers is not None
            yield (*numbers[:axis], n, *numbers[axis + 1 :])
    for step in (-3, -2, -1, 1, 2, 3) if numbers else ():
        yield tuple(min(max(n + step, param.low), param.high) for n in numbers or ())


def _window_sizes(param: Ints, numbers: tuple[int, ...]) -> Iterator[int]:
    """The numbers tried for one axis, fewer than 100 whatever the file says: the small ones, and those near what is there."""
    top = min(param.high, max(FAR, *(n + 2 for n in (0, *numbers) if n <= AMPLE)))
    small = range(param.low, max(top, param.low) + 1)
    near = {m for n in numbers if n > AMPLE for m in (n // 2, *range(n - 2, n + 3)) if param.low <= m <= param.high}
    yield from small[: AMPLE + 3]
    yield from sorted(near - set(small))


def _sizes(param: Ints, current: Any, facts: NodeFacts, shapes: list[Shape]) -> Iterator[tuple[int, ...]]:
    """Sizes of tensors and orders of axes, of any length."""
    current = current if isinstance(current, tuple) else ()
    if param.high <= 8:  # Axes.
        rank = next((len(s.shape) for s in facts.arriving if s), 2)
        for count in {rank, len(current)} if rank <= MOST_AXES else ():
            if 0 < count <= min(rank, 4):
                yield from permutations(range(1, rank + 1), count)
        return
    for shape in (*shapes, *(s.shape for s in facts.arriving if s)):
        yield tuple(map(int, shape))
        yield from (tuple(map(int, shape[1:])), tuple(map(int, shape[:-1])))
    total = next((s.size for s in facts.arriving if s), 0)
    extents = {int(n) for shape in shapes for n in shape}
    for axis, now in enumerate(current):
        rest = prod(n for i, n in enumerate(current) if i != axis and n > 0)
        tried = {now + 1, now - 1, now + 2, now - 2, now * 2, now // 2, *extents, *range(1, 10), -1}
        if total and rest and total % rest == 0:
            tried.add(total // rest)
        for n in tried:
            if n >= param.low and n:
                yield (*current[:axis], n, *current[axis + 1 :])
        yield (*current[:axis], *current[axis + 1 :])
    for n in extents:
        yield (*current, n)


# --- layers put in -----------------------------------------------------------------------------------------------------------------


def adapters(place: ProblemPlace, node_id: str, distance: int) -> Iterator[Candidate]:
    """A layer put into one of the node's incoming wires, with parameters that its declaration solves for."""
    node, problem = place.facts.nodes[node_id], place.problem
    wires = {w.target.port: w for w in place.facts.topology.into[node_id]}
    for (port, pattern), have in zip(node.inputs.items(), node.arriving, strict=True):
        if have is None or port not in wires:
            continue
        for target in _targets(node, port):
            for kind in LAYERS.values():
                if not kind.adapter:
                    continue
                for params in kind.adapt(have, pattern, target):
                    try:
                        layer = kind(params)
                    except BadParams:
                        continue  # what would fit is larger than a parameter may be
                    elsewhere = distance == 0 and problem.at not in ("", port)
                    cost = 1.2 + 1.0 * distance + 0.2 * len(params) + 0.4 * elsewhere + 0.25 * bool(layer.params)
                    yield insertion(kind, params, wires[port], place, cost)


def _targets(node: NodeFacts, port: str) -> Iterator[Shape | None]:
    """The sizes that would do: anything of the right rank, or what arrives at the node's other ports."""
    yield None
    pairs = zip(node.inputs, node.arriving, strict=True)
    others = [s.shape for name, s in pairs if name != port and s is not None]
    mine = next((s.shape for name, s in zip(node.inputs, node.arriving, strict=True) if name == port and s), ())
    yield from dict.fromkeys(others)
    # Where the first axis is joined or free, only the others must agree.
    yield from dict.fromkeys((mine[0], *o[1:]) for o in others if len(o) == len(mine) > 1 and o[1:] != mine[1:])


def activations(place: ProblemPlace) -> Iterator[Candidate]:
    """Put an activation before the node."""
    for wire in place.facts.topology.into[place.problem.node]:
        for at, tag in enumerate(ACTIVATIONS):
            yield insertion(LAYERS[tag], {}, wire, place, 0.5 + 0.1 * at)


def insertion(kind: type[Layer], params: dict[str, Value], wire: Wire, place: ProblemPlace, cost: float) -> Candidate:
    """A layer put into a wire, half way between its ends or where it is free near there."""
    graph, sheet = place.facts.graph, place.sheet
    detail = kind(params).card() if params else ""
    before, after = graph.nodes[wire.source.node].name, graph.nodes[wire.target.node].name
    words = f"Insert {kind.label}{f' ({detail})' if detail else ''} between “{before}” and “{after}”"

    def edit(project: Project) -> Project:
        inner = kind(params)
        node_id = edits.new_id(project.sheet(sheet))
        at, places = place_between(project.sheet(sheet), wire.source.node, wire.target.node)
        project = edits.move(project, sheet, places)
        project = edits.add_node(project, sheet, kind.tag, at=at, id=node_id, params=params)
        project = edits.connect(project, sheet, wire.source, Port(node_id, next(iter(inner.inputs()))))
        return edits.connect(project, sheet, Port(node_id, next(iter(inner.outputs()))), wire.target)

    return Candidate(words, edit, cost, inserts=True)


def fits(pattern: Pattern, spec: Spec) -> bool:
    """Whether a port could take the tensor, as far as rank and type tell."""
    return spec.batched and pattern.fits_rank(len(spec.shape)) and pattern.dtype in ("any", "same", spec.dtype)
