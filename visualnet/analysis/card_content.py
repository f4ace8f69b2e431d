"""What the card of a node and the wires at it say, and the longer text about the node. Plain data, tested without a window."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.analysis.facts import SEVERITIES, GraphFacts, NodeFacts, Problem
from visualnet.analysis.families import family_of
from visualnet.analysis.inference.muting import mode
from visualnet.analysis.inference.unknown_shape import cause_of_unknown
from visualnet.core.graph import LEARNER, Graph, Node
from visualnet.core.project import Project
from visualnet.core.text.format import format_count
from visualnet.layers.declaration.layer import LAYERS, Spec
from visualnet.layers.recipe.node_training import describe_training

SEPARATOR = " · "
_SIGNS = {"error": "⬣", "warning": "▲", "hint": "●"}


class CardContent(NamedTuple):
    """What a card shows. Two cards with equal contents look the same, so a picture of one can be kept."""

    name: str = ""
    line: str = ""
    """The layer's label and parameters, or a block's name and parameters."""
    narrow_line: str = ""
    """The same for where it has no room: without a layer's label, which icon and colour tell too."""
    shape: str = ""
    """The shape that leaves it; of a node without outputs that which arrives."""
    parameters: str = ""
    """How many it has."""
    family: str = "shape"
    icon: str = "shape"
    badge: str = ""
    """The severity of its worst problem."""
    repeat: str = ""
    mode: str = ""
    frozen: bool = False
    own_training: bool = False
    """Whether its weights have a rate, a decay or a beginning of their own."""
    shared: bool = False
    block: bool = False
    placeholder: bool = False
    """Whether its kind is not known here."""
    collapsed: bool = False
    ports: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    inside: int = 0
    """Which definition a block has now: a changed one wants another miniature."""


def card_content(
    node: Node, facts: NodeFacts | None, problems: tuple[Problem, ...], project: Project, graph: Graph
) -> CardContent:
    """What the card of a node of ``graph`` says, as far as it is known."""
    kind = LAYERS.get(node.kind)
    definition = project.blocks.get(node.block) if node.block is not None else None
    placeholder = kind is None and definition is None
    family, muted = family_of(node, project), mode(node) if node.mode else ""
    times = len(facts.inside) if facts is not None and facts.inside else node.repeat
    count = facts.parameters if facts is not None and not muted else 0
    if kind is not None:
        icon = "metric" if kind.role == "metric" else family
    else:
        icon = "block" if node.block is not None else "help"
    line = _line(node, facts)
    return CardContent(
        name=node.name,
        line=line,
        narrow_line=_narrow_line(node, line),
        shape=_shape(facts),
        parameters=f"{format_count(count)} params" if count else "",
        family=family,
        icon=icon,
        badge=min((p.severity for p in problems), key=SEVERITIES.index, default=""),
        repeat="" if node.repeat == 1 else f"×{times}",
        mode=muted,
        frozen=not node.trainable,
        own_training=bool(node.training.keys() - {LEARNER}) and node.trainable,
        shared=node.shares is not None,
        block=node.block is not None,
        placeholder=placeholder,
        collapsed=node.collapsed,
        ports=_ports(node, facts, graph),
        inside=id(definition.graph) if definition is not None else 0,
    )


def _shape(facts: NodeFacts | None) -> str:
    if facts is None:
        return ""
    if not facts.outputs:
        return next((spec.text for spec in facts.arriving[:1] if spec is not None), "?" if facts.inputs else "")
    return next((facts.leaving[p].text for p in facts.outputs if p in facts.leaving), "?")


def _ports(node: Node, facts: NodeFacts | None, graph: Graph) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ports of a node; of one that nothing is known of those that wires name."""
    if facts is not None:
        return tuple(facts.inputs), tuple(facts.outputs)
    kind = LAYERS.get(node.kind)
    if kind is not None:
        return tuple(kind().inputs()), tuple(kind().outputs())
    ins = dict.fromkeys(t.port for t in graph.wires if t.node == node.id)
    outs = dict.fromkeys(s.port for s in graph.wires.values() if s.node == node.id)
    return tuple(ins), tuple(outs)


def _line(node: Node, facts: NodeFacts | None) -> str:
    if node.block is not None:
        values = (f"{name.replace('_', ' ')} {_evaluate(name, raw, facts)}" for name, raw in node.params.items())
        return " · ".join([node.block, *values])
    kind = LAYERS.get(node.kind)
    if kind is None:
        return f"unknown layer “{node.kind}”"
    card = facts.layer.card() if facts is not None and facts.layer is not None else ""
    return f"{kind.label}{SEPARATOR}{card}" if card else kind.label


def _narrow_line(node: Node, line: str) -> str:
    _label, *parts = line.split(SEPARATOR)
    return SEPARATOR.join(parts) if node.kind in LAYERS and parts else line


def _evaluate(name: str, raw: object, facts: NodeFacts | None) -> object:
    """What an expression comes to in this place, where that is known: a card shows figures, its tooltip the arithmetic."""
    value = facts.inside[0].scope.get(name) if isinstance(raw, str) and facts is not None and facts.inside else None
    return raw if value is None else value if isinstance(value, int) else f"{float(value):g}"


def shape_leaving(facts: NodeFacts | None, port: str) -> str:
    """The shape that a wire from this output carries."""
    spec = facts.leaving.get(port) if facts is not None else None
    return spec.text if spec is not None else ""


def input_fails(facts: NodeFacts | None, problems: tuple[Problem, ...], port: str) -> bool:
    """Whether the tensor that arrives at an input does not fit."""
    if facts is None:
        return False
    if port not in facts.inputs:
        return bool(facts.inputs or problems)
    errors = [p for p in problems if p.severity == "error"]
    return any(p.at == port or (p.at == "" and p.code == "misfit") for p in errors)


def describe_node(
    node: Node, facts: NodeFacts | None, problems: tuple[Problem, ...], sheet: GraphFacts | None = None
) -> str:
    """All that is known of a node, as plain text.

    With what is known of its ``sheet`` it also says because of which other node a shape is unknown.
    """
    kind = LAYERS.get(node.kind)
    lines = [f"{node.name} — {kind.label if kind else node.block or node.kind}"]
    if node.mode and (muted := mode(node)):
        lines.append("muted: hands its input on" if muted == "mute" else "off: nothing is computed here")
    if kind is not None:
        lines.append(kind.summary())
    if facts is not None:
        cause = cause_of_unknown(sheet, node.id) if sheet is not None and node.id in sheet.nodes else None
        lines += _describe_facts(node, facts, cause.node.name if cause and cause.node.id != node.id else "")
    lines += [f"{_SIGNS[p.severity]} {p.words}" for p in problems]
    return "\n".join(lines)


def _describe_facts(node: Node, facts: NodeFacts, cause: str) -> list[str]:
    """A line for each port, then the parameters and the figures; ``cause`` is the other node whose fault hides a shape."""
    unknown = f"unknown because of “{cause}”" if cause else ""
    arriving = zip(facts.inputs, facts.arriving, strict=True)
    lines = [
        f"{port}: {_describe(spec) if spec is not None else unknown or 'nothing arrives'}" for port, spec in arriving
    ]
    leaving = ((port, facts.leaving.get(port)) for port in facts.outputs)
    lines += [
        f"→ {port}: {_describe(spec) if spec is not None else unknown or 'not known yet'}" for port, spec in leaving
    ]
    if facts.layer is not None and (values := facts.layer.values()):
        lines.append(", ".join(f"{name} {facts.layer.params[name].short(value)}" for name, value in values.items()))
    if facts.inside:
        texts = ((name, raw) for name, raw in node.params.items() if isinstance(raw, str))
        lines += [f"{name} = {raw} = {_evaluate(name, raw, facts)}" for name, raw in texts]
    if facts.parameters:
        lines.append(f"{facts.parameters:,} parameters" + ("" if node.trainable else ", frozen"))
    if node.training and node.trainable:
        lines.append(describe_training(facts.training, loss=facts.layer is not None and facts.layer.role == "loss"))
    if facts.buffered and not node.trainable:
        lines.append(f"running statistics: {node.statistics}")
    if facts.macs:
        lines.append(f"{facts.macs:,} multiply–accumulates per sample")
    return lines


def _describe(spec: Spec) -> str:
    return f"{spec.text} ({'×'.join(spec.axes)})" if spec.axes else spec.text
