"""Neurons that say nothing until they fire."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SpikingNeurons(nn.Module):
    """Spikes and fading traces (batch, step, neuron) of leaky neurons.

    They read x (batch, step, feature): potential ← decay·potential·(1 − fired) + W_ih·x +
    W_hh·fired; over 1 the neuron fires, and begins at 0 again. trace ← fade·trace + fired. A spike
    has no slope: back-propagation takes that of v / (1 + |v|) (Zenke and Ganguli, 2018).
    """

    def __init__(
        self,
        in_features: int,
        neurons: int,
        decay: float,
        fade: float,
        connected: float,
        gain: float,
    ) -> None:
        super().__init__()
        self.decay, self.fade, self.connected, self.gain = decay, fade, connected, gain
        self.weight_ih = nn.Parameter(torch.empty(neurons, in_features))
        self.weight_hh = nn.Parameter(torch.empty(neurons, neurons))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Join a share of all pairs; one neuron in five inhibits, as much as four excite."""
        nn.init.normal_(self.weight_ih, 0.0, self.gain * self.weight_ih.shape[1] ** -0.5)
        with torch.no_grad():
            count = len(self.weight_hh)
            self.weight_hh.normal_().abs_().mul_(torch.rand(count, count) < self.connected)
            signs = torch.ones(count)
            signs[torch.randperm(count)[: count // 5]] = -4.0
            self.weight_hh.mul_(signs).mul_((4.0 * max(self.connected * count, 1.0)) ** -0.5)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        heard = nn.functional.linear(x, self.weight_ih)
        potential = torch.zeros_like(heard[:, 0])
        fired, trace = potential, potential
        spikes, traces = [], []
        for now in heard.unbind(1):
            kept = self.decay * potential * (1 - fired)
            potential = kept + now + nn.functional.linear(fired, self.weight_hh)
            fired = fire(potential - 1)
            trace = self.fade * trace + fired
            spikes.append(fired)
            traces.append(trace)
        return torch.stack(spikes, 1), torch.stack(traces, 1)


def fire(over: Tensor) -> Tensor:
    """1 where it is above 0, else 0; backward the slope of v / (1 + |v|)."""
    soft = over / (1 + over.abs())
    return (over > 0).to(over.dtype) + (soft - soft.detach())
