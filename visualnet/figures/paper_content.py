"""What of a network a figure for a paper shows: the tensors that matter, as volumes, bars and boxes, and what leads from one to the next.

Only shapes, families and what a layer declares of itself decide; no layer is known by its kind. What leaves a tensor's size as it is
(activations, normalization, flattening) is a word under the volume before it. A tensor with places is a volume, a plain vector a bar,
and everything else a box with words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from visualnet.analysis.facts import GraphFacts, NodeFacts
from visualnet.analysis.families import family_of
from visualnet.analysis.geometry.map_boxes import extent_of, first_output, is_volume
from visualnet.core.project import Project
from visualnet.layers.declaration.drawings import SlidingWindow
from visualnet.layers.declaration.layer import LAYERS, Spec

QUIET = ("activation", "normalization", "shape")
"""Families that are only named, not drawn, where they keep a tensor's size."""
ASIDE = ("target", "output", "loss", "metric")
_DIMENSION = re.compile(r"(?<=[a-z])[123]d$")
SIGNS = {"torch.add": "+", "torch.mul": "×", "torch.sub": "−", "torch.div": "÷"}
MOST_SHEETS = 32
"""Up to so many channels maps are drawn as sheets one behind the other, as in LeNet's figure; beyond, volumes are solid."""


class Piece(NamedTuple):
    """One thing in the figure. ``form``: ``sheets``, ``box``, ``bar``, ``label`` or ``sign``. ``extent`` is channels, height, width.

    ``title`` names the layer, ``size`` the tensor, ``notes`` what happens to it without changing its size. ``kernel`` is what one
    number of it sees of the piece before, as shares of its height and width. ``parts`` are the shares of what was joined.
    """

    id: str
    form: str
    family: str
    title: str
    size: str = ""
    notes: tuple[str, ...] = ()
    extent: tuple[int, int, int] = (1, 1, 1)
    kernel: tuple[float, float] | None = None
    parts: tuple[float, ...] = ()
    block: bool = False


class Link(NamedTuple):
    """From piece to piece; ``words`` say what happens on the way."""

    source: str
    target: str
    words: str = ""


class Content(NamedTuple):
    """All that the figure shows, in the order of the flow."""

    pieces: dict[str, Piece]
    links: list[Link]


def content(project: Project, facts: GraphFacts, ids: Collection[str] | None = None) -> Content:
    """What a figure of this sheet shows, or of some of its nodes."""
    # What stands on a circle or behind one comes last, in file order.
    shown = [i for i in dict.fromkeys((*facts.topology.order, *facts.graph.nodes)) if _wanted(facts, i, ids)]
    return _Reader(project, facts, shown).read()


def _wanted(facts: GraphFacts, node_id: str, ids: Collection[str] | None) -> bool:
    if ids is not None and node_id not in ids:
        return False
    kind = LAYERS.get(facts.graph.nodes[node_id].kind)
    return kind is None or kind.role not in ASIDE


class _Reader:
    def __init__(self, project: Project, facts: GraphFacts, shown: list[str]) -> None:
        self.project, self.facts = project, facts
        self.shown = dict.fromkeys(shown)
        self.stands_for: dict[str, str] = {}
        """For each node, the piece in which its tensor is drawn."""
        self.notes: dict[str, list[str]] = {}
        self.words: dict[str, str] = {}
        """What is said on the links that leave a node which has no piece."""

    def read(self) -> Content:
        for node_id in self.shown:
            self._place(node_id)
        sheets = self._deepest() <= MOST_SHEETS
        drawn = [i for i in self.shown if self.stands_for[i] == i]
        pieces = {i: self._piece(i, sheets) for i in drawn}
        links: dict[tuple[str, str], Link] = {}
        for target in drawn:
            for source in self._sources(target):
                link = Link(self.stands_for[source], target, self.words.get(source, ""))
                if link.source != target:
                    links.setdefault((link.source, target), link)
        return Content(pieces, list(links.values()))

    def _sources(self, node_id: str) -> list[str]:
        return [w.source.node for w in self.facts.topology.into[node_id] if w.source.node in self.stands_for]

    def _takers(self, node_id: str) -> list[str]:
        return [w.target.node for w in self.facts.topology.out_of[node_id] if w.target.node in self.shown]

    def _place(self, node_id: str) -> None:
        """Give the node a piece of its own, or let it be a word at the one before or on the way to the next."""
        facts = self.facts.nodes.get(node_id)
        before = self._sources(node_id)
        self.stands_for[node_id] = node_id
        if facts is None or len(before) != 1:
            return
        spec, came = first_output(facts), next((s for s in facts.arriving if s is not None), None)
        family = family_of(facts.node, self.project)
        if spec is None or came is None or family not in QUIET or (facts.parameters and family == "shape"):
            return
        source, takers = before[0], self._takers(node_id)
        if spec.size == came.size and len(self._takers(source)) == 1 and not self.words.get(source):
            piece = self.stands_for[source]
            self.stands_for[node_id] = piece
            if family != "shape":
                self.notes.setdefault(piece, []).append(_title(facts))
        elif family == "shape" and len(takers) == 1 and len(self.facts.topology.into[takers[0]]) > 1:
            self.stands_for[node_id] = self.stands_for[source]
            self.words[node_id] = _title(facts)

    def _deepest(self) -> int:
        deep = [extent_of(s)[0] for i in self.shown if (s := self._spec(i)) is not None and is_volume(s)]
        return max(deep, default=0)

    def _spec(self, node_id: str) -> Spec | None:
        facts = self.facts.nodes.get(node_id)
        return first_output(facts) if facts is not None else None

    def _piece(self, node_id: str, sheets: bool) -> Piece:
        node = self.facts.graph.nodes[node_id]
        family = family_of(node, self.project)
        facts = self.facts.nodes.get(node_id)
        spec = first_output(facts) if facts is not None else None
        if facts is None or spec is None:
            return Piece(node_id, "label", family, node.name, "?", block=node.block is not None)
        notes = tuple(dict.fromkeys(self.notes.get(node_id, ())))
        piece = Piece(node_id, "label", family, _title(facts), _size(spec), notes, block=node.block is not None)
        if sign := SIGNS.get(getattr(facts.layer, "operator", "")):
            return piece._replace(form="sign", title=sign)
        if is_volume(spec):
            form = "sheets" if sheets else "box"
            return piece._replace(form=form, extent=extent_of(spec), kernel=_kernel(facts), parts=_parts(facts, spec))
        if len(spec.shape) == 1 and spec.dtype == "float":
            return piece._replace(form="bar", extent=(1, max(1, spec.shape[0]), 1))
        return piece


def _size(spec: Spec) -> str:
    """``6@28×28``, as papers write maps; else the plain extents."""
    if is_volume(spec):
        return f"{int(spec.shape[0])}@{'×'.join(str(int(n)) for n in spec.shape[1:])}"
    return spec.text


def _title(facts: NodeFacts) -> str:
    """What the layer is called in a paper: its kind, its window and stride; a block's name, and how often it is repeated."""
    node = facts.node
    times = f" ×{len(facts.inside)}" if len(facts.inside) > 1 else ""
    if facts.layer is None:
        return (node.block or node.name).replace("_", " ") + times
    if facts.layer.role == "input":
        return node.name.replace("_", " ")
    title = _DIMENSION.sub("", facts.layer.label)
    kernel, stride = (_sizes(facts.layer.values().get(name)) for name in ("kernel_size", "stride"))
    if kernel:
        title += f" {'×'.join(map(str, kernel))}"
    if stride and set(stride) != {1}:
        left, came = first_output(facts), facts.arriving[0] if facts.arriving else None
        grows = left is not None and came is not None and left.shape[-1:] > came.shape[-1:]
        title += f", {'×' if grows else '/'}{'×'.join(map(str, dict.fromkeys(stride)))}"
    return title


def _sizes(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _window(facts: NodeFacts) -> SlidingWindow | None:
    shapes = facts.shapes
    if facts.layer is None or not shapes or shapes[0] is None:
        return None
    drawing = facts.layer.drawing(*(s for s in shapes if s is not None))
    return drawing if isinstance(drawing, SlidingWindow) else None


def _kernel(facts: NodeFacts) -> tuple[float, float] | None:
    window = _window(facts)
    if window is None or len(window.extents) < 2 or max(window.kernel) < 2:
        return None
    shares = [
        min(1.0, window.span(a) / max(1, window.extents[a]))
        for a in (-2 % len(window.extents), -1 % len(window.extents))
    ]
    return shares[0], shares[1]


def _parts(facts: NodeFacts, spec: Spec) -> tuple[float, ...]:
    """The shares of channels where several volumes are put behind one another."""
    came = [s for s in facts.arriving if s is not None and is_volume(s)]
    channels = [s.shape[0] for s in came]
    if len(came) > 1 and sum(channels) == spec.shape[0] and all(s.shape[1:] == spec.shape[1:] for s in came):
        return tuple(c / spec.shape[0] for c in channels)
    return ()
