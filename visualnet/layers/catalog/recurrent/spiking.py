"""Neurons that fire: a reservoir of them is a liquid state machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Shape, Sized, layer, sized
from visualnet.layers.declaration.params import count, real

_MACS = parse("T*hidden_size*(input_size + hidden_size)")


@layer(
    "spiking",
    family="recurrent",
    label="Spiking neurons",
    ports="x: T D -> spikes: T D, trace: T D",
    rare=True,
    keywords="leaky integrate fire lif liquid state machine reservoir spike snn",
)
class SpikingNeurons(Layer):
    """Leaky neurons wired by chance, which add up what they hear and fire when it is more than 1.

    v_t = decay·v_(t−1)·(1 − s_(t−1)) + W_ih·x_t + W_hh·s_(t−1), and s_t = 1 where v_t > 1, else 0. trace_t = fade·trace_(t−1) + s_t tells
    how much a neuron fired lately; a reader looks at that. One neuron in five inhibits. A step has no slope: where the weights learn,
    the gradient of v / (1 + |v|) is taken in its stead. Parameters: hidden_size·(D + hidden_size).
    """

    paper = "Maass, Natschläger and Markram, Real-time computing without stable states, 2002; Zenke and Ganguli, SuperSpike, 2018"
    hidden_size: int = count(128, "How many neurons.", high=1 << 20, card=True, fit=True)
    decay: float = real(
        0.8, "What is left of a potential after a step without any input.", low=0, high=1, card=True, phrase="decay {}"
    )
    fade: float = real(0.8, "What is left of a trace after a step without a spike.", low=0, high=1)
    connected: float = real(
        0.1, "Share of the pairs of neurons that are joined at first.", low=0, high=1, phrase="{} joined"
    )
    gain: float = real(
        1.0,
        "How strongly the input is heard at first: the standard deviation of the sum for inputs of deviation 1.",
        low=0,
        high=1000,
        more=True,
        phrase="gain {}",
    )

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        return dict.fromkeys(self.outputs(), (shapes[0][0], self.hidden_size))

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {
            "weight_ih": sized(neurons=self.hidden_size, inputs=shapes[0][1]),
            "weight_hh": sized(neurons=self.hidden_size, hidden_size=self.hidden_size),
        }

    def macs(self, *shapes: Shape) -> int:
        steps, features = shapes[0]
        return derive(_MACS, {"T": steps, "input_size": features, "hidden_size": self.hidden_size})

    def module(self, *shapes: Shape) -> ModuleCall:
        numbers = (self.decay, self.fade, self.connected, self.gain)
        return ModuleCall("extra_modules.SpikingNeurons", int(shapes[0][1]), self.hidden_size, *numbers)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = m(*refs)
        return {"spikes": made[0], "trace": made[1]}
