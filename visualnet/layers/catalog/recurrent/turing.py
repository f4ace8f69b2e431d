"""A network with a memory beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.core.expressions import parse
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Shape, Sized, layer, sized
from visualnet.layers.declaration.params import count

_MACS = parse("T*(4*hidden_size*(input_size + width + hidden_size) + hidden_size*(4*width + 12) + rows*width)")


@layer(
    "turing",
    family="recurrent",
    label="Neural Turing machine",
    ports="x: T D -> output: T D, read: T N, written: T N",
    rare=True,
    keywords="ntm external memory controller head address write read copy",
)
class NeuralTuringMachine(Layer):
    """Read a sequence with a memory beside the network, which it writes and reads by attention.

    An LSTM cell, the controller, hears x_t and what was read last. Each head is at all rows at once, by weights w that add up to 1: by
    content, softmax(β·cos(key, M)); gated with where it was, w = g·w_content + (1 − g)·w_(t−1); shifted by −1, 0 or 1 row; sharpened, w^γ.
    One head writes, M = M·(1 − w·e) + w·a; then the other reads, r = w·M. “output” holds h_t and r_t side by side; “read” and “written”
    tell where the heads were. Parameters: 4h·(D + W + h + 2) + (h + 1)·(4W + 12) with h = hidden_size and W = width.
    """

    paper = "Graves, Wayne and Danihelka, Neural Turing machines, 2014"
    hidden_size: int = count(64, "Numbers that the controller remembers by itself.", high=1 << 20, card=True, fit=True)
    rows: int = count(16, "Rows of the memory: so many places to write to.", high=1 << 16, card=True, phrase="{} rows")
    width: int = count(8, "Numbers in a row of the memory.", high=1 << 16, card=True, phrase="of {}")

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        steps = shapes[0][0]
        return {
            "output": (steps, self.hidden_size + self.width),
            **dict.fromkeys(("read", "written"), (steps, self.rows)),
        }

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        tall, hidden = 4 * self.hidden_size, self.hidden_size
        return {
            "controller.weight_ih": sized(**{"4·hidden": tall, "inputs": shapes[0][1] + self.width}),
            "controller.weight_hh": sized(**{"4·hidden": tall, "hidden_size": hidden}),
            "controller.bias_ih": sized(**{"4·hidden": tall}),
            "controller.bias_hh": sized(**{"4·hidden": tall}),
            "read_head.weight": sized(tells=self.width + 6, hidden_size=hidden),
            "read_head.bias": sized(tells=self.width + 6),
            "write_head.weight": sized(tells=3 * self.width + 6, hidden_size=hidden),
            "write_head.bias": sized(tells=3 * self.width + 6),
        }

    def macs(self, *shapes: Shape) -> int:
        steps, features = shapes[0]
        sizes = {"hidden_size": self.hidden_size, "rows": self.rows, "width": self.width}
        return derive(_MACS, {"T": steps, "input_size": features, **sizes})

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall(
            "extra_modules.NeuralTuringMachine", int(shapes[0][1]), self.hidden_size, self.rows, self.width
        )

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        made = m(*refs)
        return {"output": made[0], "read": made[1], "written": made[2]}
