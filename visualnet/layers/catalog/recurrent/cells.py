"""One step of a recurrent layer, for those who write the loop themselves (a block that repeats, a decoder)."""

from __future__ import annotations

from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Shape, ShapeError, Sized, layer, sized
from visualnet.layers.declaration.params import choice, count, flag

_MACS = parse("gates*hidden_size*(input_size + hidden_size)")


class Cell(Layer):
    """What the cells share. A state that is left open is zero."""

    module_name: ClassVar[str]
    gates: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("h",)
    hidden_size: int = count(128, "Numbers that are remembered.", high=1 << 20, card=True, fit=True)
    bias: bool = flag(True, "Add learned constants.", more=True)

    def shape(self, *shapes: Shape) -> dict[str, Shape]:
        for name, start in zip(self.states, shapes[1:], strict=True):
            if start is not None and tuple(start) != (self.hidden_size,):
                words = f"the state is {text(start)}; {self.label} wants {self.hidden_size} (hidden_size)"
                raise ShapeError(words, f"{name}_0", f"{text(start)} ≠ {self.hidden_size}")
        return dict.fromkeys(self.outputs(), (self.hidden_size,))

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        rows, tall = f"{self.gates}·hidden" if self.gates > 1 else "hidden", self.gates * self.hidden_size
        found = {"weight_ih": sized(**{rows: tall, "inputs": shapes[0][0]})}
        found["weight_hh"] = sized(**{rows: tall, "hidden_size": self.hidden_size})
        if self.bias:
            found["bias_ih"] = found["bias_hh"] = sized(**{rows: tall})
        return found

    def macs(self, *shapes: Shape) -> int:
        figures = {"gates": self.gates, "hidden_size": self.hidden_size, "input_size": shapes[0][0]}
        return derive(_MACS, figures)

    def options(self) -> dict[str, Any]:
        return {}

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall(
            f"nn.{self.module_name}", int(shapes[0][0]), self.hidden_size, bias=self.bias, **self.options()
        )

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr | dict[str, Expr]:
        x, *starts = refs
        given = next((s for s in starts if s is not None), None)
        full = [s if s is not None else fn("torch.zeros_like", given) for s in starts] if given is not None else []
        if len(self.states) == 1:
            return m(x, *full)
        both = m(x, *([tuple(full)] if full else []))
        return {port: both[i] for i, port in enumerate(self.outputs())}


@layer(
    "rnn_cell",
    family="recurrent",
    label="RNN cell",
    ports="x: D, h_0?: H -> h_1: H",
    rare=True,
    keywords="recurrent elman one step loop",
)
class RNNCell(Cell):
    """One step of an RNN: mix one new entry with what is remembered.

    h_1 = tanh(W_ih·x + b_ih + W_hh·h_0 + b_hh). Parameters: hidden_size·(D + hidden_size + 2).
    """

    paper = "Elman, Finding structure in time, 1990"
    module_name = "RNNCell"
    nonlinearity: str = choice(
        "tanh",
        "What squashes the mix.",
        {"tanh": "between −1 and 1", "relu": "negative numbers become 0"},
        more=True,
        phrase="{}",
    )

    def options(self) -> dict[str, Any]:
        return {"nonlinearity": self.nonlinearity}


@layer(
    "lstm_cell",
    family="recurrent",
    label="LSTM cell",
    ports="x: D, h_0?: H, c_0?: H -> h_1: H, c_1: H",
    rare=True,
    keywords="recurrent long short term memory one step loop",
)
class LSTMCell(Cell):
    """One step of an LSTM: gates decide what to forget, take in and show.

    c_1 = f ⊙ c_0 + i ⊙ g and h_1 = o ⊙ tanh(c_1). Parameters: 4·hidden_size·(D + hidden_size + 2).
    """

    paper = "Hochreiter and Schmidhuber, Long short-term memory, 1997"
    module_name, gates, states = "LSTMCell", 4, ("h", "c")


@layer(
    "gru_cell",
    family="recurrent",
    label="GRU cell",
    ports="x: D, h_0?: H -> h_1: H",
    rare=True,
    keywords="recurrent gated unit one step loop",
)
class GRUCell(Cell):
    """One step of a GRU: one gate renews the memory, one resets it.

    h_1 = (1 − z) ⊙ n + z ⊙ h_0. Parameters: 3·hidden_size·(D + hidden_size + 2).
    """

    paper = "Cho, van Merriënboer, Gulcehre, Bahdanau, Bougares, Schwenk and Bengio, RNN encoder–decoder, 2014"
    module_name, gates = "GRUCell", 3
