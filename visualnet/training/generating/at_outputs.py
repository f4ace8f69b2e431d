"""Where a network gives something, and what it gives there as plain values: images, points or rows, in the units of the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.core.graph import Port, Value
from visualnet.core.text.format import format_bytes, format_quantity
from visualnet.training.generating.method import Check, GenerationError
from visualnet.training.generating.results import GeneratedImages, GeneratedPoints, GeneratedResult, GeneratedRows
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.observations.answers.images import in_data_units, is_image, shade_ends
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

MOST_BYTES = 1 << 30
"""More than this is not made at once."""
BESIDE = 1000
"""So many samples of the data are held against what was made, at most."""
POINTS = 400
"""So many points are made where nothing else is said: of a few nobody sees where they are dense, and which clouds are missing."""
AT_ONCE = 64


def outputs(analysis: Analysis) -> list[ProbePort]:
    """Where the answers leave, numbers of each sample: images first, then points of a plane, then what holds several numbers."""
    found: list[tuple[int, ProbePort]] = []
    for facts in analysis.main.sinks("output"):
        for port, source in analysis.main.graph.wires.items():
            node = analysis.main.nodes.get(source.node)
            spec = node.leaving.get(source.port) if node is not None and port.node == facts.node.id else None
            if spec is None or not spec.batched or spec.dtype != "float" or spec.size < 2:
                continue
            shape = tuple(map(int, spec.shape))
            found.append((0 if is_image(shape) else 1 if shape == (2,) else 2, ((source.node,), source.port)))
    return [port for _, port in sorted(dict.fromkeys(found), key=lambda one: one[0])]


def name_of(analysis: Analysis, port: ProbePort) -> str:
    """The name of the output that reads this port, else of the port's own node."""
    for facts in analysis.main.sinks("output"):
        if analysis.main.graph.wires.get(Port(facts.node.id, next(iter(facts.inputs), ""))) == Port(
            port[0][-1], port[1]
        ):
            return facts.node.name
    return analysis.name_of(port[0])


def check_size(analysis: Analysis, port: ProbePort, count: int) -> None:
    """See to it that so many fit into memory.

    Raises:
        GenerationError: they do not.
    """
    size = 4 * int(analysis.at(port[0]).leaving[port[1]].size)
    if size * count > MOST_BYTES:
        raise GenerationError(
            f"{format_quantity(count, 'sample')} of {format_bytes(size)} are {format_bytes(size * count)}: "
            f"ask for at most {max(MOST_BYTES // size, 1):,}"
        )


def compute(context: ObservationContext, wanted: ProbePort, fed: dict[ProbePort, Tensor], check: Check) -> Tensor:
    """What leaves at a port, (N, …), with these tensors (N, …) in place of the values at their ports. What else the port rests on comes
    from samples of the validation part, taken in turn."""
    import torch

    count = len(next(iter(fed.values())))
    check_size(context.model.analysis, wanted, count)
    places = context.places(count)
    found = []
    for at in range(0, count, AT_ONCE):
        check(at / count)
        rows = np.arange(at, min(at + AT_ONCE, count))
        batch = context.batch(places[rows % len(places)])
        part = {port: values[at : at + len(rows)].to(context.device) for port, values in fed.items()}
        found.append(context.values([wanted], batch, replace=part)[wanted].float().cpu())
    check(1.0)
    return torch.cat(found)


def usual_count(analysis: Analysis, port: ProbePort) -> dict[str, Value]:
    """Of points in the plane `POINTS`; of others nothing."""
    path, name = port
    return {"count": POINTS} if tuple(analysis.at(path).leaving[name].shape) == (2,) else {}


def made_at(context: ObservationContext, port: ProbePort, values: Tensor, note: str = "") -> GeneratedResult:
    """What left at a port, (N, …), in the units of the data: images where they are such, points of a plane beside those of the data, else
    rows."""
    kind, field = held_against(context.model.analysis, Port(port[0][-1], port[1]))
    field = field or _field_like(context, tuple(values.shape[1:]))
    numbers = in_data_units(context, field, values.sigmoid() if kind == "binary_logits" else values)
    note = f"{note} {_count_odd(numbers)}".strip()
    shape = numbers.shape[1:]
    if is_image(shape):
        beside = _data(context, field, 64) if field else None
        ends = shade_ends([beside if beside is not None and beside.shape[1:] == shape else numbers])
        return GeneratedImages(np.ascontiguousarray(np.moveaxis(numbers, 1, -1)), ends, note=note)
    if shape == (2,):
        beside = _data(context, field, BESIDE) if field else None
        return GeneratedPoints(numbers, beside if beside is not None and beside.shape[1:] == (2,) else None, note=note)
    flat = numbers.reshape(len(numbers), -1)
    columns = context.data.fields[field].columns if field else ()
    named = tuple(column.name for column in columns) if len(columns) == flat.shape[1] else ()
    return GeneratedRows(flat, named, note)


def _field_like(context: ObservationContext, shape: tuple[int, ...]) -> str:
    """The first field of the data of this shape: what the network reads first, then what it is told."""
    names = (*context.input_fields, *context.model.fields)
    return next((name for name in names if tuple(map(int, context.data.fields[name].shape)) == shape), "")


def _data(context: ObservationContext, field: str, count: int) -> NDArray[Any]:
    return in_data_units(context, field, context.batch(context.places(count))[field])


def _count_odd(numbers: NDArray[Any]) -> str:
    odd = int((~np.isfinite(numbers.reshape(len(numbers), -1))).any(1).sum())
    return f"{odd:,} of {len(numbers):,} hold what is no number: the training has diverged." if odd else ""


def all_reaching(analysis: Analysis, port: ProbePort, ports: Iterable[ProbePort]) -> list[ProbePort]:
    """Those of the ports on which this one rests."""
    import networkx

    from visualnet.analysis.as_networkx import as_networkx

    graph = as_networkx(analysis)
    above = networkx.ancestors(graph, port[0][0]) | {port[0][0]}
    return [one for one in ports if one[0][0] in above]
