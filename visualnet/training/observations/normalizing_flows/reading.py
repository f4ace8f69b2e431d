"""The flows of a network: where they are, how dense they find samples, and what they make of a latent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from visualnet.analysis import Analysis
from visualnet.analysis.flows.problems import Flow, find_flows
from visualnet.core.graph import Port
from visualnet.training.observations.answers.images import in_data_units
from visualnet.training.observations.observation import CannotObserve, Subject

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

AT_ONCE = 512
_PROGRAMS: WeakKeyDictionary[Any, tuple[Any, dict[Any, Any]]] = WeakKeyDictionary()
"""The programs that walk back, by network, with the modules that they were written over."""
PLANE = (2,)


def invertible_flows(analysis: Analysis) -> list[Flow]:
    """The flows that can be walked back to one input, or to several."""
    if analysis.errors():
        return []
    return [flow for flow in find_flows(analysis.main) if flow.inputs and not flow.missing and flow.log_det is not None]


def subject_of(flow: Flow) -> Subject:
    """The latent of a flow as what is looked at."""
    return (flow.latent.node,), flow.latent.port


def flow_at(analysis: Analysis, subject: Subject) -> Flow:
    """The flow whose latent this is.

    Raises:
        CannotObserve: there is none any more.
    """
    for flow in invertible_flows(analysis):
        if subject_of(flow) == subject:
            return flow
    raise CannotObserve("No likelihood is computed of what leaves here any more: wire it to z of “Flow likelihood”.")


def shape_of(analysis: Analysis, port: Port) -> tuple[int, ...]:
    """The size of one sample at a port of the main sheet."""
    return tuple(map(int, analysis.main.nodes[port.node].leaving[port.port].shape))


def plane_flows(analysis: Analysis) -> list[Flow]:
    """Those whose one input is a point of the plane."""
    return [f for f in invertible_flows(analysis) if [shape_of(analysis, port) for port in f.inputs] == [PLANE]]


def field_of(context: ObservationContext, port: Port) -> str:
    """The field of the data that enters at an input."""
    return context.model.plan.fields[port.node]


def log_densities(context: ObservationContext, flow: Flow, batch: Mapping[str, Tensor]) -> NDArray[np.float64]:
    """log p of each sample in nats, in the units that the network is given: log N(z; 0, 1) + log|det ∂z/∂x|."""
    from visualnet.compiling.extra_modules.flows import normal_nll_of

    assert flow.log_det is not None
    latent, log_det = subject_of(flow), ((flow.log_det.node,), flow.log_det.port)
    found = context.values([latent, log_det], batch)
    result: NDArray[np.float64] = (found[log_det].double() - normal_nll_of(found[latent].double())).cpu().numpy()
    return result


class PointScale(NamedTuple):
    """How a field of points was normalised: data = network·``spread`` + ``middle``, each for both axes."""

    spread: NDArray[np.float64]
    middle: NDArray[np.float64]

    @property
    def log_volume(self) -> float:
        """What a log-density loses when it is told in the units of the data."""
        return float(np.log(self.spread).sum())


def scale_of(context: ObservationContext, field: str) -> PointScale:
    """The normalisation of a field of points."""
    import torch

    ends = in_data_units(context, field, torch.tensor([[0.0, 0.0], [1.0, 1.0]])).astype(np.float64)
    return PointScale(ends[1] - ends[0], ends[0])


def draw_latents(context: ObservationContext, flow: Flow, count: int, seed: int, temperature: float) -> Tensor:
    """Numbers of N(0, temperature²), (N, …): each sample by itself, so that the first of many are those of few."""
    import torch

    generator = context.generator(seed)
    shape = shape_of(context.model.analysis, flow.latent)
    return temperature * torch.stack([torch.randn(shape, generator=generator) for _ in range(count)])


def walk_back(context: ObservationContext, flow: Flow, latents: Tensor, wanted: tuple[Port, ...] = ()) -> list[Tensor]:
    """What the flow makes of latents, (N, …), at these ports; at its inputs, if none are told. What steers it (a class) comes from
    samples of the validation part, taken in turn."""
    import torch

    program = _program(context, flow, wanted)
    places = context.places(len(latents))
    parts: list[tuple[Tensor, ...]] = []
    with torch.no_grad():
        for at in range(0, len(latents), AT_ONCE):
            context.check(at / len(latents))
            part = latents[at : at + AT_ONCE].to(context.device)
            batch = context.batch(places[np.arange(at, at + len(part)) % len(places)])
            parts.append(program(part, *(batch.get(name) for name in context.model.fields)))
    return [torch.cat(one).float() for one in zip(*parts, strict=True)]


def _program(context: ObservationContext, flow: Flow, wanted: tuple[Port, ...]) -> Any:
    """The way back as a program; written once for a network, since a live picture asks for it again and again."""
    from visualnet.compiling.flows.inverse_program import build_inverse

    net, programs = _PROGRAMS.get(context.model, (None, {}))
    if net is not context.model.net:
        programs = {}
        _PROGRAMS[context.model] = (context.model.net, programs)
    key = (flow.latent, wanted)
    if key not in programs:
        programs[key] = build_inverse(context.model, flow, wanted)
    return programs[key].eval()


def stages(analysis: Analysis, flow: Flow) -> list[Port]:
    """The ports of the main sheet through which points of the plane go, from the input to the latent."""
    moves = flow.way.to(flow.inputs).moves
    ports = [flow.latent, *(port for move in moves if move.backwards for port in move.gives)]
    return [port for port in reversed(dict.fromkeys(ports)) if shape_of(analysis, port) == PLANE]
