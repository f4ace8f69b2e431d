"""Which fields of the data a network is told: found by formula, torch is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.training.observations.observation import CannotObserve

PLANE, LINE = (2,), (1,)


class InputField(NamedTuple):
    """The only input of a network: its node, its field, and the shape of a sample."""

    node: str
    field: str
    shape: tuple[int, ...]


def find_class_field(analysis: Analysis) -> str:
    """The field of the first target that is one class for each sample; empty if there is none."""
    for facts in analysis.main.sinks("target"):
        spec = next(iter(facts.leaving.values()), None)
        if facts.layer is None or spec is None or not spec.batched or spec.size != 1 or len(spec.shape) > 1:
            continue
        if spec.dtype == "int" or _is_binary(analysis, facts.node.id):
            return str(facts.layer.values()["field"])
    return ""


def _is_binary(analysis: Analysis, target: str) -> bool:
    """Whether a loss or metric holds something against this target that says which of two classes it is."""
    readers = {port.node for port, source in analysis.main.graph.wires.items() if source.node == target}
    sinks = [*analysis.main.sinks("loss"), *analysis.main.sinks("metric")]
    return any(f.layer is not None and f.layer.answer_kind.startswith("binary") for f in sinks if f.node.id in readers)


def held_against(analysis: Analysis, answer: Port) -> tuple[str, str]:
    """What a loss says of an answer (``Layer.answer_kind``), and the field that the loss holds it against; empty where none does."""
    graph, nodes = analysis.main.graph, analysis.main.nodes
    for loss in analysis.main.sinks("loss"):
        ports = {port.port: source for port, source in graph.wires.items() if port.node == loss.node.id}
        target = nodes.get(ports["target"].node) if "target" in ports else None
        first = next(iter(loss.inputs), "")
        if loss.layer is None or ports.get(first) != answer or target is None or target.layer is None:
            continue
        if target.layer.role in ("target", "input"):
            return loss.layer.answer_kind, str(target.layer.values()["field"])
    return "", ""


def single_input(analysis: Analysis) -> InputField | None:
    """The network's input, if it is the only one and a point of a plane or a place on a line."""
    inputs = analysis.main.sinks("input")
    if len(inputs) != 1 or inputs[0].layer is None:
        return None
    spec = next(iter(inputs[0].leaving.values()), None)
    shape = tuple(map(int, spec.shape)) if spec is not None else ()
    if spec is None or spec.dtype != "float" or shape not in (PLANE, LINE):
        return None
    return InputField(inputs[0].node.id, str(inputs[0].layer.values()["field"]), shape)


def class_number(words: str, names: Sequence[str], usual: int) -> int:
    """The number of a class that a person named, by its name or number.

    Raises:
        CannotObserve: there is no such class.
    """
    if not words:
        return usual
    if words in names:
        return list(names).index(words)
    if words.isdecimal() and int(words) < len(names):
        return int(words)
    raise CannotObserve(
        f"There is no class “{words}”: there are {', '.join(names[:12])}{' …' if len(names) > 12 else ''}."
    )
