"""What is observed of every card of a sheet at once; the dashboard on the canvas shows it, and a chart beside it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.analysis.facts import GraphFacts
from visualnet.figures.charts.levels import LevelChart
from visualnet.figures.charts.marks import Chart
from visualnet.layers.declaration.params import count
from visualnet.training.observations.cards.sheet_ports import (
    observed_activations,
    observed_cards,
    observed_ports,
    observed_sheets,
)
from visualnet.training.observations.observation import (
    BEFORE,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

CARDS_ABOUT = {"about": "sheet", "of_sample": False}


class CardsObservation(Observation):
    """Base of what is observed of a sheet: ``nodes`` of a result are ids of its cards, ``ports`` the names of ports of theirs where it is
    of ports, ``names`` what people call them."""

    samples: int = count(32, "From so many samples of the validation set", low=2, high=1024)
    why_none = "There is no layer on this sheet yet: add some and wire them."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [(path, "") for path in observed_sheets(analysis)]


@observation("card_values", "Size of the values", "Cards", keeps=240, **CARDS_ABOUT)
class CardValues(CardsObservation):
    """How large the values are that leave each layer: their mean, their spread, and their root mean square."""

    reading = (
        "Each row is a layer, the first one above: the further right, the larger are the numbers that leave it. "
        "A line that runs straight down is healthy; one that drifts by powers of ten says that signals fade or explode."
    )

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.cards.activity import measure_values

        ports = _ports(context, subject)
        values = context.values(ports, context.batch(context.places(self.samples)))
        found = measure_values([values[port] for port in ports])
        arrays = {"mean": found[:, 0], "spread": found[:, 1], "size": found[:, 2]}
        return Result(arrays, _words_of(context, ports), _note(context, self.samples))

    def draw(self, result: Result, history: History) -> Chart:
        groups = (("root mean square", _plain(result.arrays["size"])), ("spread", _plain(result.arrays["spread"])))
        return LevelChart(result.words["names"], groups, "size of the values")


@observation("card_saturation", "Dead and saturated units", "Cards", keeps=240, **CARDS_ABOUT)
class CardSaturation(CardsObservation):
    """Which share of an activation's units is dead, and which share of its values stands at a limit, where the slope is nearly zero."""

    reading = (
        "A unit is dead if it stands at a limit of its activation (0, of a ReLU) for every sample; a value is saturated within 1 % of one. "
        "Neither lets a gradient through: half the values of a ReLU at 0 are usual, but dead units and saturated sigmoids learn nothing."
    )
    unit = "%"

    samples: int = count(64, "A unit is dead if it is so for this many samples of the validation set", low=2, high=1024)
    why_none = "No activation here levels off (as ReLU, tanh, sigmoid and softmax do), so that no unit can be dead or saturated."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [s for s in super().subjects(analysis) if any(observed_activations(analysis.inside(s[0]), s[0]))]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.cards.saturation import measure_saturation, to_shares, unit_axis

        facts = _sheet(context, subject)
        wanted = [one for one in observed_activations(facts, subject[0]) if context.has(one.port)]
        if not wanted:
            raise CannotObserve(self.why_none)
        values = context.values([one.port for one in wanted], context.batch(context.places(self.samples)))
        found = [measure_saturation(values[one.port], one.limits, unit_axis(one.spec)) for one in wanted]
        shares = to_shares(found)
        cards = list(dict.fromkeys(one.card for one in wanted))
        # A block's share is the mean over the activations inside it.
        by_card = [shares[[one.card == card for one in wanted]].mean(0) for card in cards]
        dead, saturated = np.stack(by_card).T
        approached = [all(not one.limits.reached for one in wanted if one.card == card) for card in cards]
        arrays = {"dead": dead, "saturated": saturated, "approached": np.array(approached)}
        names = tuple(facts.nodes[card].node.name for card in cards)
        return Result(arrays, {"nodes": tuple(cards), "names": names}, _note(context, self.samples))

    def draw(self, result: Result, history: History) -> Chart:
        groups = tuple((name, _plain(100 * result.arrays[name])) for name in ("dead", "saturated"))
        return LevelChart(result.words["names"], groups, "share of units and values in %", False, 0.0, 100.0)


@observation("card_weights", "Size of the weights", "Cards", keeps=240, paired=True, **CARDS_ABOUT)
class CardWeights(Observation):
    """How large the weights of each layer are, and by which share of that they move in a step."""

    reading = (
        "The norm is the length of all of a layer's weights as one arrow; the update says by which share of it a single step moves them. "
        "An update of about a thousandth is usual; far more shakes the weights, far less hardly trains them."
    )
    why_none = "No layer of this network has weights: add one that learns, such as Linear or Conv2d."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [s for s in CardsObservation.subjects(analysis) if analysis.inside(s[0]).trainable]

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.cards.activity import to_array
        from visualnet.training.observations.cards.norms import joint_norm, keep_some

        facts, parameters = _sheet(context, subject), _parameters(context, subject)
        norms = to_array([joint_norm(own).reshape(1) for own in parameters.values()], 1)[:, 0]
        kept = {f"kept {card}": keep_some(own) for card, own in parameters.items()}
        names = tuple(facts.nodes[card].node.name for card in parameters)
        return Result({"norm": norms, **kept}, {"nodes": tuple(parameters), "names": names})

    def draw(self, result: Result, history: History) -> Chart:
        groups: tuple[tuple[str, tuple[float, ...]], ...] = (("norm of the weights", _plain(result.arrays["norm"])),)
        ratios = update_ratios(history)
        if ratios:
            found = tuple(ratios.get(card, float("nan")) for card in result.words["nodes"])
            groups = (*groups, ("update of a step ÷ weights", found))
        return LevelChart(result.words["names"], groups, "size")


def update_ratios(history: History) -> dict[str, float]:
    """By card, how far one step moved the weights as a share of their size: the last step of which `CardWeights` saw both sides."""
    from visualnet.training.observations.cards.update_ratio import update_ratio

    found: dict[str, float] = {}
    for _, result in reversed(history):
        for card in result.words["nodes"]:
            name = f"kept {card}"
            if (before := result.arrays.get(BEFORE + name)) is not None:
                found[card] = update_ratio(before, result.arrays[name])
        if found:
            break
    return {card: ratio for card, ratio in found.items() if ratio == ratio}


@observation("card_gradients", "Size of the gradients", "Cards", keeps=240, **CARDS_ABOUT)
class CardGradients(CardsObservation):
    """How large the gradient of the loss is at the output of each layer, and that of the layer's weights."""

    reading = (
        "The gradient goes from the last row up to the first: where it becomes smaller by powers of ten on the way, it vanishes. "
        "Layers that hardly any gradient reaches do not learn; one that grows on the way up explodes, and training becomes unstable."
    )

    samples: int = count(16, "From so many samples of the validation set", low=2, high=1024)
    why_none = (
        "There is no loss in this network, so that nothing has a gradient: add a loss and the target that it reads."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return super().subjects(analysis) if analysis.main.sinks("loss") else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.cards.gradients import measure_gradients

        facts, ports = _sheet(context, subject), _ports(context, subject)
        parameters = _parameters(context, subject)
        found = measure_gradients(context, ports, parameters, context.batch(context.places(self.samples)))
        words = _words_of(context, ports)
        words |= {"weighted": tuple(parameters), "weighted names": tuple(facts.nodes[c].node.name for c in parameters)}
        return Result({"size": found[0], "weights": found[1]}, words, _note(context, self.samples))

    def draw(self, result: Result, history: History) -> Chart:
        groups = (("∂loss ÷ ∂output, root mean square", _plain(result.arrays["size"])),)
        return LevelChart(result.words["names"], groups, groups[0][0])


def _sheet(context: ObservationContext, subject: Subject) -> GraphFacts:
    return context.model.analysis.inside(subject[0])


def _ports(context: ObservationContext, subject: Subject) -> list[ProbePort]:
    """The ports of the sheet at which the compiled network has values."""
    found = [port for port in observed_ports(_sheet(context, subject), subject[0]) if context.has(port)]
    if not found:
        raise CannotObserve("Nothing on this sheet gives real numbers: wire an input to a layer that computes.")
    return found


def _parameters(context: ObservationContext, subject: Subject) -> dict[str, list[Tensor]]:
    """By card, all weights that it holds."""
    cards = [facts.node.id for facts in observed_cards(_sheet(context, subject))]
    found: dict[str, list[Tensor]] = {card: [*context.parameters((*subject[0], card)).values()] for card in cards}
    return {card: own for card, own in found.items() if own}


def _words_of(context: ObservationContext, ports: Sequence[ProbePort]) -> dict[str, tuple[str, ...]]:
    nodes = [context.model.analysis.find(path) for path, _ in ports]
    names = tuple(facts.node.name if facts is not None else "" for facts in nodes)
    return {"nodes": tuple(path[-1] for path, _ in ports), "ports": tuple(port for _, port in ports), "names": names}


def _note(context: ObservationContext, samples: int) -> str:
    return f"Of {len(context.places(samples))} samples of the validation set, as in use: dropout and batch statistics at rest."


def _plain(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(map(float, values))
