"""What a place of a map sees and what it passes on, as results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from visualnet.analysis.facts import GraphFacts, NodePath
from visualnet.analysis.receptive_field import AxisField, receptive
from visualnet.core.text.format import capitalize_first, format_number, format_percent
from visualnet.figures.charts.observed.attribution import Map
from visualnet.training.observations.attribution.compute import make_part
from visualnet.training.observations.attribution.sample_parts import kind_of, pack, place_map
from visualnet.training.observations.attribution.scores import Scorer
from visualnet.training.observations.excitation.compute import Place, spec_at
from visualnet.training.observations.excitation.units import Unit, channel_axis, choose_unit, map_arrays
from visualnet.training.observations.fields.influence import TwiceDifferentiable, trace_influence
from visualnet.training.observations.fields.measured import bounds_of, effective_width, measure_field
from visualnet.training.observations.observation import CannotObserve, Result, Subject

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

CHANNELS_TOLD = 3


def observe_field(
    context: ObservationContext, subject: Subject, channel: int | None, place: Place, count: int
) -> Result:
    """What a place sees of the first input: by formula, and measured by the gradients of its unit over some samples."""
    scorer = Scorer(context)
    spec = spec_at(context, subject)
    axis = channel_axis(spec)
    extents = [n for at, n in enumerate(spec.shape) if at != axis]
    wanted = tuple(int(n) // 2 if at is None else at for at, n in zip((*place, *[None] * 3), extents, strict=False))
    unit = choose_unit(torch.zeros(tuple(map(int, spec.shape))), spec, channel, wanted)
    batch = context.batch(context.places(count))
    samples = scorer.samples({name: batch[name] for name in context.input_fields})

    def value(x: Tensor) -> Tensor:
        others = [s[: len(x)] for s in samples[1:]]
        fields = dict(zip((entry.port for entry in scorer.entries), (x, *others), strict=True))
        found = context.values([subject], {n: batch[n] for n in context.input_fields}, replace=fields, gradients=True)[
            subject
        ]
        if channel is None:
            return _all_channels(found, unit)
        return found.flatten(1)[:, np.ravel_multi_index(unit.at, found.shape[1:])]

    entry = scorer.entries[0]
    over = _place_weights(measure_field(value, samples[0]), kind_of(entry.shown), entry.is_embedded)
    part = make_part(scorer, 0, np.asarray(over, np.float32))
    sight = next(iter(receptive(context.model.analysis, subject[0])), None)
    measured = bounds_of(np.asarray(over))
    shown = context.values([subject])[subject][0]
    arrays: dict[str, Any] = {"unit": unit.at, **map_arrays(shown, unit)}
    if channel is None:
        arrays["around"] = _mean_map(shown, unit)
    if measured is not None:
        arrays["measured"] = measured
    computed = _computed_bounds(sight, unit, over.ndim)
    if computed is not None:
        arrays["computed"] = computed
    return pack(
        [part], _tell_field(sight, unit, measured, effective_width(np.asarray(over)), len(samples[0])), **arrays
    )


def _mean_map(values: Tensor, unit: Unit) -> np.ndarray:
    """The mean size of all channels, in the shape of the map around a unit."""
    mean = values.detach().abs().mean(unit.axis, keepdim=True)
    around = map_arrays(mean, unit._replace(channel=0))["around"]
    return np.asarray(around, np.float32)


def _all_channels(values: Tensor, unit: Unit) -> Tensor:
    """All channels of a place, added with changing signs, so that no two take each other's gradient away by being alike."""
    maps = values.movedim(unit.axis + 1, 1)
    lines = maps.flatten(2)[:, :, np.ravel_multi_index(unit.place, maps.shape[2:])]
    signs = torch.cos(torch.arange(lines.shape[1], device=lines.device, dtype=lines.dtype) * 2.399963)
    return (lines * signs).sum(1)


def _place_weights(weights: Map, kind: str, embedded: bool) -> Map:
    """Weights of a sample's numbers as those of its places: the mean over channels, or over the vector of a word."""
    if kind == "image":
        return np.asarray(weights.reshape(-1, *weights.shape[-2:]).mean(0), np.float32)
    if embedded:
        return np.asarray(weights.reshape(len(weights), -1).mean(1), np.float32)
    return weights if kind == "series" else weights.reshape(-1)


def _computed_bounds(sight: AxisField | None, unit: Unit, axes: int) -> tuple[tuple[int, int], ...] | None:
    if sight is None or sight.unknown or (not sight.whole and len(sight.size) != len(unit.place)):
        return None
    seen = sight.seen(unit.place)
    return seen if len(seen) == axes else None


def _tell_field(
    sight: AxisField | None, unit: Unit, measured: tuple[tuple[int, int], ...] | None, width: float, count: int
) -> str:
    by_formula = "What it sees is not told by a formula."
    if sight is not None and unit.place:
        # Places are counted from 0 here, as the settings count them.
        counted = ", ".join(str(at + 1) for at in unit.place)
        by_formula = sight.describe(unit.place).replace(
            f"Place {counted}", f"Place ({', '.join(map(str, unit.place))})"
        )
    if measured is None:
        return f"{by_formula} No gradient arrives from any of {count} samples: the unit is silent."
    sizes = "×".join(str(b - a) for a, b in measured)
    return f"{by_formula} Measured over {count} samples: {sizes}, of which {format_percent(width, 0)} hold 95 % of the weight."


def observe_path(
    context: ObservationContext, subject: Subject, channel: int | None, place: Place, target: str, number: int
) -> Result:
    """How a unit of the chosen sample reaches the score of a class: what it draws from the input, and what it adds at each node behind."""
    scorer = Scorer(context, target, number)
    spec = spec_at(context, subject)
    ports = _behind(context, subject)
    with torch.enable_grad(), TwiceDifferentiable():
        tensors = [x.detach().clone().requires_grad_() for x in scorer.samples()]
        values = scorer.values([subject, context.scores_port, *ports], tensors)
        score = scorer.pick(values[context.scores_port]).sum()
        tensor = values[subject]
        unit = choose_unit(tensor[0], spec, channel, place)
        if not tensor.requires_grad or not score.requires_grad:
            raise CannotObserve("This layer does not lead from the inputs to the answer: choose one on that way.")
        behind = [values[port] for port in ports]
        try:
            found, total = trace_influence(tensor, (0, *unit.at), behind, score)
        except RuntimeError as error:
            raise CannotObserve(
                "The way from here to the answer cannot be followed: a layer on it has no second derivative in PyTorch "
                f"({str(error).strip().partition('.')[0][:80]}). Choose a later layer."
            ) from None
        back = context.gradients(tensor[(0, *unit.at)], tensors)
    parts = []
    for at, (entry, one, x) in enumerate(zip(scorer.entries, back, tensors, strict=True)):
        gradient = torch.zeros_like(x) if one is None else one
        product = (gradient * x)[0].detach().float().cpu().numpy()
        parts.append(make_part(scorer, at, place_map(product, kind_of(entry.shown), entry.is_embedded, False)))
    analysis = context.model.analysis
    added = [total, *(float(tensor.double().sum()) for tensor in found)]
    names = (analysis.name_of(subject[0]), *(analysis.name_of(path) for path, _ in ports))
    channels = (
        "",
        *(
            _strongest_channels(one[0], analysis.find(path), port)
            for one, (path, port) in zip(found, ports, strict=True)
        ),
    )
    value = tensor[(0, *unit.at)].item()
    told = (
        f"{unit.describe()}, value {format_number(value)}, adds {format_number(total)} to the score of {scorer.explained.name} "
        f"({format_number(score.item())})"
    )
    result = pack(
        parts,
        capitalize_first(told),
        added=added,
        total=total,
        unit=unit.at,
        value=value,
        **map_arrays(tensor[0], unit),
    )
    return result._replace(words={**result.words, "nodes": names, "channels": channels})


def _strongest_channels(added: Tensor, facts: Any, port: str) -> str:
    if added.dim() == 0 or facts is None:
        return ""
    axis = channel_axis(facts.leaving[port])
    if axis >= added.dim():
        return ""
    sums = added.movedim(axis, 0).reshape(added.shape[axis], -1).sum(1)
    order = sums.abs().argsort(descending=True)[:CHANNELS_TOLD].tolist()
    told = [str(at) for at in order if float(sums[at])]
    return "via " + ", ".join(told) if told and added.shape[axis] > 1 else ""


def _behind(context: ObservationContext, subject: Subject) -> list[Subject]:
    """The first ports of the nodes on the way from a node to the scores: on its own sheet, then on those around it."""
    path, analysis = subject[0], context.model.analysis
    scores_node = context.scores_port[0][0]
    found: list[Subject] = []
    for depth in range(len(path) - 1, -1, -1):
        above = path[:depth]
        graph = analysis.inside(above)
        start = path[depth].partition("#")[0]
        ends = [scores_node] if depth == 0 else [f.node.id for f in graph.sinks("output")]
        reach = graph.topology.downstream(start) - {start}
        leading = set().union(*(graph.topology.upstream(end) for end in ends)) if ends else set()
        found += _ports(graph, above, [n for n in graph.topology.order if n in reach and n in leading])
    return [port for port in found if context.has(port)]


def _ports(graph: GraphFacts, above: NodePath, node_ids: list[str]) -> list[Subject]:
    found = []
    for node_id in node_ids:
        facts = graph.nodes[node_id]
        port = next((p for p, spec in facts.leaving.items() if spec.dtype == "float" and spec.batched), None)
        if port is not None and (facts.layer is None or facts.layer.role in ("", "input")):
            path = (*above, node_id)
            repeated = len(facts.inside)
            found.append(((*above, f"{node_id}#{repeated - 1}") if repeated > 1 else path, port))
    return found
