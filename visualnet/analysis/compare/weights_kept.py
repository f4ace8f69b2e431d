"""What a network that has learned keeps of it when its drawing is changed: node by node, by formula, before anything is built.

Weights belong to a node, not to its name or place: a node keeps them while it is the same kind of layer and its tensors have the same
names and sizes. So a stride, a dropout rate or a new name cost nothing, and another kernel size costs the weights of that node alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, NodePath
from visualnet.core.text.format import format_quantity

KEPT, ANEW, BACK, ADDED, GONE = "kept", "anew", "back", "added", "gone"
"""What becomes of a node: it keeps its weights (or has none and stays); it begins with fresh ones; it gets those back that it had
earlier; it is new and has nothing to learn; it is no longer computed."""
MOST_NAMES = 3
_VERBS = {
    KEPT: ("keeps what it learned", "keep what they learned"),
    ANEW: ("begins anew", "begin anew"),
    BACK: ("gets back its weights", "get back their weights"),
    GONE: ("is gone", "are gone"),
}
"""For one node, and for several."""


class EarlierWeights(NamedTuple):
    """Weights that a node had until ``step``: ``tensors`` is what ``describe_tensors`` tells of them."""

    path: NodePath
    tensors: str
    step: int


class NodeChange(NamedTuple):
    """What becomes of one node. ``source`` is where its weights come from: its path in the network before.

    A step of a path through a block that is repeated says which repetition, from the second on: ``n3#1``. ``words`` say why it begins anew,
    ``step`` until when it had the weights that it gets back.
    """

    path: NodePath
    name: str
    fate: str
    learns: bool
    words: str = ""
    step: int = 0
    source: NodePath = ()


class WeightsKept(NamedTuple):
    """Every node of both networks once: those of the new one in order, then those that are gone."""

    nodes: tuple[NodeChange, ...]

    def of(self, fate: str, learning: bool = True) -> list[NodeChange]:
        """The nodes of this fate; only those that have something to learn, unless all are wanted."""
        return [node for node in self.nodes if node.fate == fate and (node.learns or not learning)]

    @property
    def refusal(self) -> str:
        """Why a training cannot go on so, in words; nothing if it can."""
        if self.of(KEPT) or self.of(BACK):
            return ""
        return "nothing would be left of what the network has learned: that is a new training"

    @property
    def summary(self) -> str:
        """Which layers begin anew and how many do not, in a sentence for those who decide."""
        parts = []
        if anew := self.of(ANEW):
            parts.append(f"{_names(anew)} {_verb(ANEW, anew)}")
        for step in sorted({node.step for node in self.of(BACK)}, reverse=True):
            back = [node for node in self.of(BACK) if node.step == step]
            parts.append(f"{_names(back)} {_verb(BACK, back)} from step {step:,}")
        if gone := self.of(GONE):
            parts.append(f"{_names(gone)} {_verb(GONE, gone)}")
        if kept := self.of(KEPT):
            amount = format_quantity(len(kept), "other layer" if parts else "layer")
            parts.append(f"{amount if parts or len(kept) == 1 else f'all {amount}'} {_verb(KEPT, kept)}")
        return "; ".join(parts) or "nothing in it has learned anything"


def find_weights_kept(before: Analysis, after: Analysis, earlier: Iterable[EarlierWeights] = ()) -> WeightsKept:
    """What becomes of each node when a network that has learned is changed into another; ``earlier`` are weights that can be had back."""
    old = {path: (name, facts) for path, name, facts in walk_layers(before.main)}
    new = {path: (name, facts) for path, name, facts in walk_layers(after.main)}
    sources = {path: path for path in new if path in old and _is_same(old[path][1], new[path][1])}
    sources |= _find_moved(
        {path: entry for path, entry in old.items() if path not in new},
        {path: entry for path, entry in new.items() if path not in old},
    )
    remembered = {(one.path, one.tensors): one.step for one in sorted(earlier, key=lambda one: one.step)}
    nodes = []
    for path, (name, facts) in new.items():
        learns, step = _learns(facts), remembered.get((path, describe_tensors(facts)))
        if path in sources:
            nodes.append(NodeChange(path, name, KEPT, learns, source=sources[path]))
        elif learns and step is not None:
            nodes.append(NodeChange(path, name, BACK, True, f"its weights from step {step:,}", step))
        elif learns or (path in old and _learns(old[path][1])):
            nodes.append(NodeChange(path, name, ANEW, True, _why_anew(old.get(path), facts)))
        else:
            nodes.append(NodeChange(path, name, ADDED, False, "new"))
    used = set(sources.values())
    there = new.keys()
    nodes += [
        NodeChange(path, name, GONE, _learns(facts), _why_gone(after, path))
        for path, (name, facts) in old.items()
        if path not in used and path not in there
    ]
    return WeightsKept(tuple(nodes))


def describe_tensors(facts: NodeFacts) -> str:
    """Kind and tensors of a layer, as a line: ``conv2d weight=6×1×5×5 bias=6``. Weights fit where it is the same."""
    own = {**facts.weights, **facts.buffers}
    return " ".join([facts.node.kind, *(f"{name}={_sizes(shape)}" for name, shape in sorted(own.items()))])


def walk_layers(graph: GraphFacts, above: NodePath = (), names: str = "") -> Iterator[tuple[NodePath, str, NodeFacts]]:
    """The layers that are built, with path and name, those inside blocks once for each repetition."""
    made = graph.outline.live | graph.outline.lent
    for node_id, facts in graph.nodes.items():
        if node_id not in made or facts.borrows:
            continue
        name = names + facts.node.name
        if not facts.inside:
            yield (*above, node_id), name, facts
            continue
        several = len(facts.inside) > 1
        for at, inside in enumerate(facts.inside):
            number = f" {at + 1}" if several else ""
            yield from walk_layers(inside, (*above, repetition(node_id, at)), f"{name}{number} › ")


def repetition(node_id: str, at: int) -> str:
    """A step of a path through a block's instance: which repetition, from the second on."""
    return f"{node_id}#{at}" if at else node_id


def _is_same(old: NodeFacts, new: NodeFacts) -> bool:
    return describe_tensors(old) == describe_tensors(new)


def _learns(facts: NodeFacts) -> bool:
    return bool(facts.weights or facts.buffers)


def _find_moved(
    old: Mapping[NodePath, tuple[str, NodeFacts]], new: Mapping[NodePath, tuple[str, NodeFacts]]
) -> dict[NodePath, NodePath]:
    """Layers that were put into a block or taken out of one, which gives them another path: known by name and tensors, if only one is so.

    On one sheet a layer of the same name with another id was drawn anew: that one begins anew too.
    """

    def by_look(found: Mapping[NodePath, tuple[str, NodeFacts]]) -> dict[tuple[str, str], list[NodePath]]:
        looks: dict[tuple[str, str], list[NodePath]] = {}
        for path, (_, facts) in found.items():
            looks.setdefault((facts.node.name, describe_tensors(facts)), []).append(path)
        return looks

    was, now = by_look(old), by_look(new)
    pairs = {now[look][0]: was[look][0] for look in now if len(now[look]) == 1 and len(was.get(look, ())) == 1}
    return {path: source for path, source in pairs.items() if len(path) != len(source)}


def _why_anew(old: tuple[str, NodeFacts] | None, facts: NodeFacts) -> str:
    if old is None:
        return "new"
    was = old[1]
    if was.node.kind != facts.node.kind:
        return "it is another layer now"
    before, after = ({**f.weights, **f.buffers} for f in (was, facts))
    name = next((n for n in (*after, *before) if before.get(n) != after.get(n)), "")
    if name in before and name in after:
        return f"its {name} was {_sizes(before[name])}, and is {_sizes(after[name])}"
    return f"it has no {name} any more" if name in before else f"it has a {name} now"


def _why_gone(after: Analysis, path: NodePath) -> str:
    facts = after.find(path)
    if facts is None:
        return "it is not drawn any more"
    return "it is muted" if facts.node.mode else "it leads nowhere"


def _names(nodes: list[NodeChange]) -> str:
    names = [node.name for node in nodes]
    if len(names) > MOST_NAMES:
        return format_quantity(len(names), "layer")
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _verb(fate: str, nodes: list[NodeChange]) -> str:
    return _VERBS[fate][len(nodes) > 1]


def _sizes(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"
