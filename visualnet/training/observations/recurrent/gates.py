"""The gates of a recurrent layer at every step, recomputed from its weights by the formulas of torch's own layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

Step = Callable[[Tensor, Tensor, Tensor, Tensor], dict[str, Tensor]]

GATES: Mapping[str, tuple[str, ...]] = {
    "LSTM": ("input gate", "forget gate", "candidate", "output gate", "cell", "state"),
    "GRU": ("reset gate", "update gate", "candidate", "state"),
    "RNN_TANH": ("state",),
    "RNN_RELU": ("state",),
}
"""What is told of each step, in the order in which it is computed, by torch's name of the kind of layer."""


def unroll(
    module: nn.RNNBase, x_BTD: Tensor, start: tuple[Tensor, ...] = (), *, layer: int = 0, backward: bool = False
) -> dict[str, Tensor]:
    """The gates and states (batch, steps, units) of one of the stacked layers, in the order of the sequence.

    ``start`` are the first states as torch's layer takes them, (layers·directions, batch, units); zeros without. ``backward`` asks for
    the direction that reads from the end; its first step is then the sequence's last.
    """
    directions = 2 if module.bidirectional else 1
    if not 0 <= layer < module.num_layers:
        raise ValueError(f"there is no stacked layer {layer + 1}; there are {module.num_layers}")
    if backward and directions == 1:
        raise ValueError("this layer reads in one direction only")
    found: dict[str, Tensor] = {}
    for level in range(layer + 1):
        wanted = [backward] if level == layer else [False, True][:directions]
        parts = [_run(module, x_BTD, start, level, direction) for direction in wanted]
        found = parts[0]
        x_BTD = torch.cat([part["state"] for part in parts], -1)
    return found


def _run(module: nn.RNNBase, x_BTD: Tensor, start: tuple[Tensor, ...], level: int, backward: bool) -> dict[str, Tensor]:
    """One direction of one layer over all steps."""
    name = f"l{level}{'_reverse' if backward else ''}"
    weight_hh: Tensor = getattr(module, f"weight_hh_{name}")
    bias_hh: Tensor | None = getattr(module, f"bias_hh_{name}", None)
    index = level * (2 if module.bidirectional else 1) + backward
    batch, steps, _ = x_BTD.shape
    zeros = x_BTD.new_zeros(batch, module.hidden_size)
    h = start[0][index] if start else zeros
    cell = start[1][index] if len(start) > 1 else zeros
    arriving = nn.functional.linear(
        x_BTD.to(weight_hh.dtype), getattr(module, f"weight_ih_{name}"), getattr(module, f"bias_ih_{name}", None)
    )
    step = STEPS[module.mode]
    found: list[dict[str, Tensor]] = []
    for t in range(steps - 1, -1, -1) if backward else range(steps):
        one = step(arriving[:, t], nn.functional.linear(h, weight_hh, bias_hh), h, cell)
        h, cell = one["state"], one.get("cell", cell)
        found.append(one)
    if backward:
        found.reverse()
    return {gate: torch.stack([one[gate] for one in found], 1) for gate in GATES[module.mode]}


def _lstm(arriving: Tensor, remembered: Tensor, h: Tensor, cell: Tensor) -> dict[str, Tensor]:
    i, f, g, o = (arriving + remembered).chunk(4, -1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    cell = f * cell + i * g
    state = o * cell.tanh()
    return {"input gate": i, "forget gate": f, "candidate": g, "output gate": o, "cell": cell, "state": state}


def _gru(arriving: Tensor, remembered: Tensor, h: Tensor, cell: Tensor) -> dict[str, Tensor]:
    (xr, xz, xn), (hr, hz, hn) = arriving.chunk(3, -1), remembered.chunk(3, -1)
    r, z = (xr + hr).sigmoid(), (xz + hz).sigmoid()
    n = (xn + r * hn).tanh()
    return {"reset gate": r, "update gate": z, "candidate": n, "state": (1 - z) * n + z * h}


def _tanh(arriving: Tensor, remembered: Tensor, h: Tensor, cell: Tensor) -> dict[str, Tensor]:
    return {"state": (arriving + remembered).tanh()}


def _relu(arriving: Tensor, remembered: Tensor, h: Tensor, cell: Tensor) -> dict[str, Tensor]:
    return {"state": (arriving + remembered).relu()}


STEPS: Mapping[str, Step] = {"LSTM": _lstm, "GRU": _gru, "RNN_TANH": _tanh, "RNN_RELU": _relu}
