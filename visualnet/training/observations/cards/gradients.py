"""How large the gradients of the loss are at the outputs of layers and at their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from visualnet.training.observations.cards.activity import measure_sizes, to_array
from visualnet.training.observations.cards.norms import joint_norm
from visualnet.training.observations.context import ObservationContext
from visualnet.training.observations.probe_targets import ProbePort


def measure_gradients(
    context: ObservationContext,
    ports: Sequence[ProbePort],
    parameters: Mapping[str, Sequence[Tensor]],
    batch: Mapping[str, Tensor],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The root mean square of the loss's gradient at each port, and for each entry of ``parameters`` the norm of the gradient of all of
    them together, for one batch; 0 where the loss does not rest on it."""
    fields = {name: _tracked(value) if name in context.input_fields else value for name, value in batch.items()}
    losses = context.losses
    found = context.values([*ports, *(port for port, _ in losses)], fields, gradients=True)
    with torch.enable_grad():
        loss = sum((weight * found[port] for port, weight in losses), torch.zeros((), device=context.device))
    own = [weight for weights in parameters.values() for weight in weights]
    gradients = context.gradients(loss, [*(found[port] for port in ports), *own])
    of_ports, rest = gradients[: len(ports)], gradients[len(ports) :]
    norms = []
    for weights in parameters.values():
        norms.append(joint_norm(rest[: len(weights)]).to(context.device).reshape(1))
        rest = rest[len(weights) :]
    return measure_sizes(of_ports), to_array(norms, 1)[:, 0]


def _tracked(value: Tensor) -> Tensor:
    """The same numbers, as something that a gradient can be taken of."""
    return value.detach().requires_grad_() if value.is_floating_point() else value
