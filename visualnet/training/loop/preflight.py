"""What must be true before the first step: the data's labels are classes that the network knows, and there is something to train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from visualnet import pytorch
from visualnet.analysis import Analysis
from visualnet.analysis.facts import GraphFacts, NodeFacts, NodePath
from visualnet.analysis.inference import graph_checks
from visualnet.analysis.inference.learners import learner_parts
from visualnet.core.text.format import capitalize_first, format_quantity
from visualnet.data import registry
from visualnet.data.class_balancing import loss_settings
from visualnet.data.division.division_settings import has_validation
from visualnet.data.loading import Loaded
from visualnet.training.loop.procedures.procedure import StartFault as StartFault
from visualnet.training.loop.procedures.registry import procedure_kind
from visualnet.training.optimizers import check_recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def faults(analysis: Analysis, data: Loaded) -> Iterator[StartFault]:
    """All that keeps this network from being trained on this data."""
    for problem in analysis.errors():
        yield StartFault(problem.words, problem.path, "graph")
    if analysis.errors():
        return
    if not analysis.main.sinks("loss"):
        yield StartFault(
            "there is no loss, so nothing says what to learn: add one (Cross-entropy, for classes)", (), "graph"
        )
    elif analysis.main.trainable == 0:
        yield StartFault("no node has weights that may change: add one, or make a frozen one trainable", (), "graph")
    else:
        yield from _frozen(analysis)
    yield from _labels(analysis, data)
    try:
        loss_settings(analysis, data)
        kind = procedure_kind(analysis.project.recipe.procedure)
    except ValueError as error:
        yield StartFault(str(error))
        return
    yield from kind.faults(analysis, data)


def why_not(analysis: Analysis, data: Loaded | None, data_error: str = "") -> str:
    """Why this network cannot be trained, as a sentence; nothing if it can.

    ``data`` are those that were loaded last: where they are not those of the project, nothing is said of them. ``data_error`` tells why
    those of the project could not be loaded.
    """
    project, errors = analysis.project, analysis.errors()
    if not project.graph.nodes:
        return "There is nothing to train yet: add layers, or open a template."
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"The network has an error: {errors[0].words}{more}"
    if words := pytorch.import_failure():
        return words
    try:
        registry.make_data_set(project.data)
        check_recipe(project.recipe, has_validation(project.data))
    except ValueError as error:
        return f"{capitalize_first(str(error))}."
    if data_error:
        return data_error
    if data is not None and data.choice == project.data:
        return next((f"{capitalize_first(fault.words)}." for fault in faults(analysis, data)), "")
    if not analysis.main.sinks("loss"):
        return "There is no loss, so nothing says what to learn: add one."
    return "" if analysis.main.trainable else "No node has weights that may change."


def _frozen(analysis: Analysis) -> Iterator[StartFault]:
    """Weights that a run of these epochs would never train, and a first epoch that would train none."""
    epochs, learners = analysis.project.recipe.epochs, analysis.project.recipe.learners
    known: dict[NodePath, int] = {}
    for path, facts, frozen in _frozen_epochs(analysis.main, (), 0):
        known[path] = frozen
        if frozen >= epochs:
            words = f"“{facts.node.name}” is frozen for {frozen:,} epochs, and the run has {epochs:,}"
            yield StartFault(f"{words}: it would never be trained; train longer, or freeze it for good", path, "graph")
            return
    for part in learner_parts(analysis.main, learners):
        if all(known[path] for path in part.trains):
            words = f"all weights of the learner “{part.name}” are frozen in the first epoch: let one layer learn from the start"
            yield StartFault(words, (), "graph")
    if not learners and known and all(known.values()):
        yield StartFault("all weights are frozen in the first epoch: let one layer learn from the start", (), "graph")


def _frozen_epochs(graph: GraphFacts, path: NodePath, outer: int) -> Iterator[tuple[NodePath, NodeFacts, int]]:
    """Each layer whose weights are trained, and for how many epochs it is frozen before."""
    for facts in graph.nodes.values():
        here, frozen = (*path, facts.node.id), facts.training.get("unfreeze_at", outer)
        if facts.trainable and facts.inside:
            yield from _frozen_epochs(facts.inside[0], here, frozen)
        elif facts.trainable:
            yield here, facts, frozen


def _labels(analysis: Analysis, data: Loaded) -> Iterator[StartFault]:
    """Class numbers outside the classes end the whole program on a GPU, so they are refused beforehand.

    What would have to be decoded (masks in files) is not looked at: its source counts its classes. Numbers that a loss or a metric ignores
    are no classes. Where a loss is asked nothing else, there is nothing to learn from.
    """
    for role in ("loss", "metric"):
        for facts in analysis.main.sinks(role):
            classes = graph_checks.classes(facts)
            if classes is None:
                continue
            for target in graph_checks.label_sources(analysis.main, facts):
                assert target.layer is not None
                name = target.layer.values()["field"]
                if name not in data.fields or data.fields[name].dtype != "int":
                    continue
                values = data.known(name)
                if values is None or not values.size or values.dtype.kind not in "iu":
                    continue
                assert facts.layer is not None
                ignored = facts.layer.values().get("ignore_index")
                asked = values[values != ignored] if ignored is not None else values
                if words := _outside(asked, classes, f"“{name}” of “{data.choice.called}”", facts.node.name, ignored):
                    yield StartFault(words, (facts.node.id,))


def _outside(asked: Array, classes: int, field: str, node: str, ignored: int | None) -> str:
    """What is wrong with the class numbers that are asked; nothing if all are classes."""
    if not asked.size:
        return f"every number of {field} is {ignored}, which “{node}” ignores, so nothing is asked: choose another ignore_index"
    low, high = int(asked.min()), int(asked.max())
    if low >= 0 and high < classes:
        return ""
    advice = []
    if low < 0:
        several = "" if low == int(asked[asked < 0].max()) else " (there are several such numbers)"
        way = f"set its ignore_index to {low}{several}" if ignored is not None else "number the classes from 0"
        advice.append(f"numbers below 0 are no classes; if {low} marks what is not asked, {way}")
    if high >= classes:
        advice.append(f"make the last layer {high + 1} wide")
    given = f"{format_quantity(classes, 'class', 'classes')} (0 to {classes - 1})"
    return f"{field} counts from {low} to {high}, but “{node}” is given {given}: {'; '.join(advice)}"
