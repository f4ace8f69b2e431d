"""States of low energy: drawn by Gibbs sampling, or fallen into from a damaged pattern, of layers that declare an energy of pairs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.core.graph import Port
from visualnet.core.text.format import format_percent, format_quantity
from visualnet.layers.declaration import params as kinds
from visualnet.layers.energies import PairwiseEnergy
from visualnet.training.generating.method import (
    Check,
    GenerationError,
    GenerationMethod,
    GenerationPlace,
    generation_method,
    how_many,
    how_warm,
)
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Generator, Tensor

    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext

MOST_UNITS = 20_000
"""The pairs of more units than these would take too much memory."""
MOST_SAMPLES = 256
"""Of so many samples at most the means are taken."""
KEPT = (1, 2, 5)
"""What is kept of the way: the states after so many steps, ten times, a hundred times as many, and so on."""


class LayerUnits(NamedTuple):
    """The units of a layer with their tensors: W (unit, unit), b (unit), the groups that are asked at once, and their two levels."""

    couplings: Tensor
    bias: Tensor
    groups: Sequence[slice]
    levels: tuple[float, float]
    visible: int

    def ask(self, states: Tensor, warmth: float, chance: Generator) -> Tensor:
        """Ask every unit once, in groups, and change ``states`` (N, unit); what they are on the average of the last draw, (N, unit)."""
        import torch

        low, high = self.levels
        expected = states.clone()
        for group in self.groups:
            heard = states @ self.couplings[:, group] + self.bias[group]
            if warmth:
                share = torch.sigmoid((high - low) * heard / warmth)
                up = torch.rand(heard.shape, generator=chance).to(heard.device) < share
                expected[:, group] = low + (high - low) * share
            else:
                up = torch.where(heard == 0, states[:, group] > (low + high) / 2, heard > 0)
                expected[:, group] = low + (high - low) * up.to(states.dtype)
            states[:, group] = low + (high - low) * up.to(states.dtype)
        return expected

    def begin(self, visible: Tensor, chance: Generator) -> Tensor:
        """States (N, unit) with these visible units; the others by a fair draw."""
        import torch

        low, high = self.levels
        hidden = torch.randint(2, (len(visible), len(self.bias) - self.visible), generator=chance)
        return torch.cat([visible, low + (high - low) * hidden.to(visible)], 1)


def units_of(context: ObservationContext, port: ProbePort) -> LayerUnits:
    """The units of the layer that reads what leaves at a node's port `PairwiseEnergy.imagines`.

    Raises:
        GenerationError: there are too many, or its weights are no numbers.
    """
    facts = context.model.analysis.at(port[0])
    layer, visible = facts.layer, int(facts.leaving[port[1]].size)
    assert isinstance(layer, PairwiseEnergy)
    tensors = {name: tensor.detach() for name, tensor in context.parameters(port[0]).items()}
    if sum(len(tensor) for tensor in tensors.values()) > MOST_UNITS:
        raise GenerationError(f"there are more than {MOST_UNITS:,} units: their pairs would take too much memory")
    couplings, bias = layer.pairs(tensors)
    if not (couplings.isfinite().all() and bias.isfinite().all()):
        raise GenerationError("its weights hold what is no number: the training has diverged, or the file is damaged")
    return LayerUnits(couplings, bias, layer.apart(visible, len(bias)), layer.levels, visible)


def find_places(analysis: Analysis, levels: tuple[float, float]) -> list[GenerationPlace]:
    """The nodes whose units have an energy of pairs and take these levels. Of each: the port of what it makes, that of what it reads, and
    below it, in turn, the ports of those whose hidden units it reads."""
    found: list[GenerationPlace] = []
    for facts in analysis.main.nodes.values():
        if not isinstance(facts.layer, PairwiseEnergy) or facts.layer.levels != levels or facts.problems:
            continue
        reads = analysis.main.graph.wires.get(Port(facts.node.id, next(iter(facts.inputs), "")))
        if reads is not None:
            ports = ((facts.node.id,), facts.layer.imagines), ((reads.node,), reads.port)
            found.append(GenerationPlace(facts.node.name, (*ports, *_below(analysis, reads))))
    # What stands on others comes first: what it makes goes down through all of them.
    return sorted(found, key=lambda place: -len(place.ports))


def _below(analysis: Analysis, port: Port) -> list[ProbePort]:
    """The ports of layers with hidden units that a value comes from, without anything that changes it in between."""
    graph = analysis.main.graph
    while True:
        facts = analysis.main.nodes[port.node]
        layer = facts.layer
        source = graph.wires.get(Port(port.node, next(iter(facts.inputs), "")))
        if isinstance(layer, PairwiseEnergy):
            if layer.says != port.port or source is None:
                return []
            return [((port.node,), layer.imagines), *_below(analysis, source)]
        if source is None or layer is None or not layer.detaches:
            return []
        port = source


def picture_shape(analysis: Analysis, port: ProbePort, count: int) -> tuple[int, int]:
    """How so many numbers are shown, as rows and columns: as the picture that they were, if a value on the way there was one, else as a
    square if they make one, else in a row."""
    node = port[0][0]
    while True:
        facts: NodeFacts = analysis.main.nodes[node]
        for spec in facts.leaving.values():
            sizes = [int(size) for size in spec.shape if int(size) > 1]
            if len(sizes) == 2 and math.prod(sizes) == count:
                return sizes[0], sizes[1]
        source = analysis.main.graph.wires.get(Port(node, next(iter(facts.inputs), "")))
        if source is None:
            side = math.isqrt(count)
            return (side, side) if side * side == count else (1, count)
        node = source.node


class _OfEnergy(GenerationMethod):
    """What both methods have in common: the visible units of states, and where they are shown."""

    def _made(
        self, context: ObservationContext, place: GenerationPlace, seen: list[tuple[str, Tensor]], note: str
    ) -> GeneratedResult:
        """The states (N, visible) of some moments as pictures."""
        from visualnet.training.generating.generated_states import GeneratedStates
        from visualnet.training.observations.context import as_array

        levels = context.model.analysis.at(place.ports[0][0]).layer.levels  # type: ignore[union-attr]
        reads, shown = place.ports[1], [states for _, states in seen]
        for below in place.ports[2:]:
            shown = [_imagine(context, below, states) for states in shown]
            source = context.model.analysis.main.graph.wires
            facts = context.model.analysis.at(below[0])
            port = source[Port(below[0][0], next(iter(facts.inputs)))]
            reads = ((port.node,), port.port)
        rows, columns = picture_shape(context.model.analysis, reads, shown[0].shape[1])
        pictures = [as_array(states).reshape(-1, rows, columns) for states in shown]
        return GeneratedStates(tuple(pictures), levels, tuple(words for words, _ in seen), note)


def _imagine(context: ObservationContext, port: ProbePort, hidden: Tensor) -> Tensor:
    """What a layer's visible units are on the average where its hidden ones are so, (N, visible)."""
    import torch

    units = units_of(context, port)
    states = torch.cat([hidden.new_zeros((len(hidden), units.visible)), hidden], 1)
    low, high = units.levels
    heard = states @ units.couplings[:, : units.visible] + units.bias[: units.visible]
    return low + (high - low) * torch.sigmoid((high - low) * heard)


@generation_method("gibbs", "Gibbs sampling", "units that are 0 or 1 with an energy, as a Boltzmann machine has them")
class GibbsSampling(_OfEnergy):
    """Ask the units again and again: each is drawn anew by what it hears of the others. After many steps what is seen is as probable as
    its energy is low.

    Shown are the chances of the visible units in their last draw. From samples of the data one sees what the machine makes of them; from
    units drawn by their means, or from noise, it imagines without any sample. A fair draw is far from all that it has seen: contrastive
    divergence that begins at the data (chains 0) looks at states near them alone, and may have left a deep valley there, from which no
    temperature brings a machine back in time: then all come to the same state. A machine that is trained with chains comes from noise to
    what is like the data. Of machines on top of each other the uppermost draws, and the others show what it means.
    """

    begin: str = kinds.choice(
        "data",
        "With what it begins.",
        {
            "data": "the visible units as in samples of the data",
            "means": "each visible unit drawn by itself, on as often as it is in samples of the data",
            "noise": "each unit by a fair draw",
        },
    )
    count: int = how_many(36)
    temperature: float = how_warm("Below 1 states of low energy become more probable, 0 always takes the likelier one.")
    steps: int = kinds.count(200, "So many times every unit is asked.", high=100_000)

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        return find_places(analysis, (0.0, 1.0))

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        import torch

        check(0.0)
        units, chance = units_of(context, place.ports[0]), context.generator(self.seed)
        if self.begin == "data":
            places = context.places(self.count)
            rows = places[np.arange(self.count) % len(places)]
            visible = context.values([place.ports[1]], context.batch(rows))[place.ports[1]].float()
        elif self.begin == "means":
            samples = context.batch(context.places(MOST_SAMPLES))
            means = context.values([place.ports[1]], samples)[place.ports[1]].float().mean(0).cpu()
            drawn = torch.rand((self.count, units.visible), generator=chance) < means
            visible = drawn.to(units.bias)
        else:
            visible = torch.randint(2, (self.count, units.visible), generator=chance).to(units.bias)
        states = units.begin(visible, chance)
        seen = [("the beginning", visible)]
        for step in range(1, self.steps + 1):
            expected = units.ask(states, self.temperature, chance)
            if step == self.steps or _is_kept(step):
                seen.append((f"after {format_quantity(step, 'step')}", expected[:, : units.visible]))
            check(step / self.steps)
        return self._made(context, place, seen, "")


def _is_kept(step: int) -> bool:
    """Whether the state after this step is among those that are shown."""
    return step in [first * 10**power for power in range(6) for first in KEPT]


@generation_method(
    "recall", "Recall from a damaged pattern", "units that are −1 or 1 with an energy, as Hopfield's memory has them"
)
class Recall(_OfEnergy):
    """Damage samples of the data, and have each unit follow the others until none changes any more: what was stored is fallen into.

    The samples are those that the answer is to be like, where the drawing says so; else what is read.
    Energy never rises on the way. Where too much is damaged or stored, it ends in another pattern, or in a mixture of several.
    """

    count: int = how_many(16, high=1000)
    damage: float = kinds.real(0.2, "Share of units that are turned over at first.", low=0.0, high=1.0)
    steps: int = kinds.count(20, "So many times every unit is asked, at most.", high=1000)

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        return find_places(analysis, (-1.0, 1.0))

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        import torch

        check(0.0)
        units, chance = units_of(context, place.ports[0]), context.generator(self.seed)
        places = context.places(self.count)
        rows = places[np.arange(self.count) % len(places)]
        whole = torch.where(_aimed_at(context, place, rows) < 0, -1.0, 1.0)
        turned = torch.rand(whole.shape, generator=chance).to(whole.device) < self.damage
        damaged = torch.where(turned, -whole, whole)
        states = units.begin(damaged, chance)
        seen = [("damaged", damaged.clone())]
        for step in range(1, self.steps + 1):
            before = states.clone()
            units.ask(states, 0.0, chance)
            check(step / self.steps)
            if torch.equal(states, before):
                break
            seen.append((f"after {format_quantity(step, 'step')}", states[:, : units.visible].clone()))
        moving = int((states != before).any(1).sum())
        alike = (states[:, : units.visible] == whole).float().mean().item()
        rest = f"{moving:,} of {self.count:,} still change" if moving else "none changes any more"
        note = f"{format_percent(alike)} of the units are as before the damage; {rest}."
        return self._made(context, place, seen, note)


def _aimed_at(context: ObservationContext, place: GenerationPlace, rows: NDArray[Any]) -> Tensor:
    """The target that the layer's answer is held against, of the samples in these rows, (N, visible); where it is held against none,
    what the layer reads."""
    made, reads = place.ports
    main, answer = context.model.analysis.main, Port(made[0][-1], made[1])
    for reader in (port for port, source in main.graph.wires.items() if source == answer):
        for name in main.nodes[reader.node].inputs:
            beside = main.graph.wires.get(Port(reader.node, name))
            layer = main.nodes[beside.node].layer if beside is not None else None
            if beside is not None and layer is not None and layer.role == "target":
                reads = (beside.node,), beside.port
    return context.values([reads], context.batch(rows))[reads].float()
