"""Completes a network for training: a loss, a target and a metric, wired, for the task that its answer and the data suggest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from visualnet.analysis.facts import GraphFacts, Problem
from visualnet.analysis.repair.free_place import free_place
from visualnet.analysis.repair.parameter_candidates import ProblemPlace
from visualnet.analysis.repair.wiring_candidates import APART, answers
from visualnet.core import edits
from visualnet.core.graph import Port, Value
from visualnet.core.project import MAIN, Project
from visualnet.layers.declaration.layer import LAYERS, Spec


class Task(NamedTuple):
    """What a network is asked for: the kinds of nodes that judge it, and what the metric is called."""

    loss: str
    metric: str
    name: str
    on_scores: bool
    """Whether both read scores, which stand before what makes probabilities of them."""


CLASSES = Task("cross_entropy", "accuracy", "accuracy", True)
YES_OR_NO = Task("bce_with_logits", "binary_accuracy", "accuracy", True)
NUMBERS = Task("mse", "mae", "error", False)


class NodesByRole(NamedTuple):
    """The first node of each of these roles, by its id; empty where there is none."""

    loss: str
    target: str
    metric: str
    output: str

    @classmethod
    def of(cls, facts: GraphFacts) -> NodesByRole:
        """Those of a main graph."""
        return cls(*(next((f.node.id for f in facts.sinks(role)), "") for role in cls._fields))

    @property
    def whole(self) -> bool:
        """Whether the network can be trained and judged."""
        return bool(self.loss and self.target and self.metric)


class TrainingEnds(NamedTuple):
    """What a network lacks for training, and to what it is wired."""

    ends: NodesByRole
    task: Task
    answer: Port
    """What the network answers."""
    judged: Port
    """What the loss and the metric read."""
    field: str
    """The field of the data that is compared with; empty where it is not known."""
    target: Spec

    @property
    def words(self) -> str:
        """What is added, as a button says it."""
        task, ends = self.task, self.ends
        metric = LAYERS[task.metric].label.lower()
        parts = [w for w, there in (("loss", ends.loss), ("target", ends.target), (metric, ends.metric)) if not there]
        added = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        against = f" against “{self.field}”" if self.field else ""
        return f"Add {added}: {LAYERS[task.loss].label}{against}"

    def add(self, project: Project) -> tuple[Project, list[str]]:
        """The project with them, wired, beside what the network answers; and the ids of the new nodes."""
        before = project.graph
        ends, task = self.ends, self.task
        truth = Port(ends.target, _first_output("target"))
        loss, metric = ends.loss, ends.metric
        if not ends.output:
            project, output = self._put(project, "output", "output", 0)
            project = _read(project, output, (self.answer,))
        if not ends.target:
            project, target = self._put(project, "target", self.field or "target", 160)
            project = edits.set_params(project, MAIN, [target], self._target_params())
            truth = Port(target, _first_output("target"))
        if not loss:
            project, loss = self._put(project, task.loss, "loss", 160)
        project = _read(project, loss, (self.judged, truth))
        if not metric:
            project, metric = self._put(project, task.metric, task.name, 320)
        project = _read(project, metric, (self.judged, truth))
        return project, [i for i in project.graph.nodes if i not in before.nodes]

    def _put(self, project: Project, kind: str, name: str, across: float) -> tuple[Project, str]:
        graph = project.graph
        x, y = graph.places.get(self.answer.node, (0.0, 0.0))
        along = 0.0 if kind == "target" else APART
        dx, dy = (across, along) if graph.direction == "down" else (along, across)
        at, node_id = free_place(graph.places.values(), x + dx, y + dy), edits.new_id(graph)
        return edits.add_node(project, MAIN, kind, at=at, id=node_id, name=name), node_id

    def _target_params(self) -> dict[str, Value]:
        params: dict[str, Value] = {"size": tuple(map(int, self.target.shape)), "dtype": self.target.dtype}
        if self.field:
            params["field"] = self.field
        return {k: v for k, v in params.items() if v != LAYERS["target"].params[k].default}


def plan_training_ends(project: Project, facts: GraphFacts, fields: Mapping[str, Spec] | None) -> TrainingEnds:
    """Find what a main graph lacks for training, and what its answer is compared with.

    Raises:
        ValueError: nothing is computed that could be judged, or nothing is lacking; the words say so.
    """
    ends = NodesByRole.of(facts)
    if ends.whole:
        raise ValueError("there are a loss, a target and a metric already")
    answer = _answer(project, facts, ends)
    spec = facts.nodes[answer.node].leaving[answer.port]
    field, target = _target(facts, ends, spec, fields)
    task = _task(spec, target, fields)
    judged = _scores(facts, answer) if task.on_scores and not ends.loss else answer
    return TrainingEnds(ends, task, answer, judged, field, target)


def _read(project: Project, node_id: str, sources: tuple[Port, ...]) -> Project:
    """Wire the first inputs of a node that read nothing yet."""
    ports = LAYERS[project.graph.nodes[node_id].kind]().inputs()
    for port, source in zip(ports, sources, strict=False):
        if Port(node_id, port) not in project.graph.wires:
            project = edits.connect(project, MAIN, source, Port(node_id, port))
    return project


def _first_output(kind: str) -> str:
    return next(iter(LAYERS[kind]().outputs()))


def _answer(project: Project, facts: GraphFacts, ends: NodesByRole) -> Port:
    """The port that is judged: what the loss reads already, else what the network most likely answers."""
    if ends.loss:
        inputs = facts.nodes[ends.loss].inputs
        source = next((s for p in inputs if (s := facts.graph.wires.get(Port(ends.loss, p)))), None)
        if source is not None and _known(facts, source):
            return source
    place = ProblemPlace(project, Problem("no-loss", "warning", "", "", MAIN), facts, None)
    found = next((port for port in answers(place, "loss") if _known(facts, port)), None)
    if found is None:
        raise ValueError("there is nothing to judge yet: add an input and layers behind it, then the loss")
    return found


def _known(facts: GraphFacts, port: Port) -> bool:
    """Whether the size is known of what leaves a port."""
    return port.node in facts.nodes and port.port in facts.nodes[port.node].leaving


def _scores(facts: GraphFacts, port: Port) -> Port:
    """The port before what makes probabilities of scores at the end of a network: such losses contain that themselves."""
    while facts.nodes[port.node].leaving[port.port].holds in ("probabilities", "fractions"):
        into = facts.topology.into[port.node]
        if len(into) != 1 or not _known(facts, into[0].source) or _is_shown(facts, into[0].source):
            break
        port = into[0].source
    return port


def _is_shown(facts: GraphFacts, port: Port) -> bool:
    """Whether a port gives what the network is shown, not what it computes."""
    kind = LAYERS.get(facts.nodes[port.node].node.kind)
    return kind is not None and bool(kind.role)


def _target(facts: GraphFacts, ends: NodesByRole, answer: Spec, fields: Mapping[str, Spec] | None) -> tuple[str, Spec]:
    """The field to compare with, and what it holds: of the target that is there, else of the data, else guessed from the answer."""
    if ends.target:
        leaving = facts.nodes[ends.target].leaving
        if leaving:
            return "", next(iter(leaving.values()))
    shown = {f.node.params.get("field") for f in facts.sinks("input")}
    unread = {name: spec for name, spec in (fields or {}).items() if name not in shown}
    scores = len(answer.shape) > 0 and answer.shape[0] > 1
    wanted = (
        # The labels of classes, one number for each of which is answered; a class for every place; numbers of the same shape.
        [n for n, s in unread.items() if s.classes and scores and len(answer.shape) == 1],
        [n for n, s in unread.items() if s.dtype == "int" and scores and s.shape == answer.shape[1:] and s.shape],
        [n for n, s in unread.items() if s.dtype == "float" and s.shape == answer.shape],
        [n for n, s in (fields or {}).items() if s.dtype == "float" and s.shape == answer.shape],
    )
    for names in wanted:
        if names:
            return names[0], (fields or {})[names[0]]
    if scores and len(answer.shape) == 1:
        return "", Spec((), dtype="int")
    return "", Spec(answer.shape, dtype="float")


def _task(answer: Spec, target: Spec, fields: Mapping[str, Spec] | None) -> Task:
    """Classes where whole numbers are wanted; one number where the data knows two classes is a yes or no; else numbers."""
    if target.dtype == "int":
        return CLASSES
    two = any(spec.classes == 2 for spec in (fields or {}).values())
    return YES_OR_NO if two and answer.shape == target.shape == (1,) else NUMBERS
