"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.drawings import Drawing, Unrolled
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Fault, Layer, Pattern, Shape, ShapeError, Sized, layer, read_ports, sized
from visualnet.layers.declaration.params import BIG, choice, count, flag, index, real

_MACS = parse(
    "T*directions*gates*hidden_size*(input_size + hidden_size + (num_layers - 1)*(directions + 1)*hidden_size)"
)
_WIDTH = parse("directions*hidden_size")
_LENGTHS = read_ports("lengths: @int")
_STATES = parse("num_layers*directions")


class Recurrent(Layer):
    """What RNN, LSTM and GRU share; they differ in their gates and in what they hand on from step to step."""

    module_name: ClassVar[str]
    gates: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("h",)
    hidden_size: int = count(128, "Numbers remembered from step to step.", high=1 << 20, card=True, fit=True)
    num_layers: int = count(1, "Layers stacked on each other.", high=64, phrase="{} layers")
    bias: bool = flag(True, "Add learned constants.", more=True)
    dropout: float = real(
        0.0,
        "Share set to zero between stacked layers while training.",
        low=0,
        high=1,
        more=True,
        phrase="p {}",
        live="step",
    )
    bidirectional: bool = flag(False, "Read a second time from the end, and put both results side by side.")
    packed: bool = flag(
        False,
        "Take each sample's number of steps as a further input: what is behind its last step is not read, its output there is 0.",
        more=True,
        phrase="own lengths",
    )
    truncate: int = count(
        0,
        "Back-propagation goes back within so many steps: after each of them the state goes on, its gradient does not. 0: through all.",
        low=0,
        high=1 << 20,
        more=True,
        phrase="truncated after {}",
    )

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if self.dropout and self.num_layers == 1:
            yield Fault("dropout acts between stacked layers; with one layer it does nothing", "dropout", "hint")
        if self.truncate and self.bidirectional:
            words = (
                "what reads from the end has no state that could go on to the next steps: truncate, or read both ways"
            )
            yield Fault(words, "truncate")

    def inputs(self) -> Mapping[str, Pattern]:
        return {**super().inputs(), **(_LENGTHS if self.packed else {})}

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        directions, hidden = self.directions, self.hidden_size
        if self.packed:
            *shapes, lengths = shapes  # type: ignore[assignment]
            if any(n != 1 for n in lengths):
                raise ShapeError(f"lengths is one number for each sample, not {text(lengths)}", "lengths")
        width = derive(_WIDTH, {"directions": directions, "hidden_size": hidden}) if directions > 1 else hidden
        stack = derive(_STATES, {"num_layers": self.num_layers, "directions": directions})
        for name, start in zip(self.states, shapes[1:], strict=True):
            if start is not None and tuple(start) != (stack, hidden):
                words = f"the first state is {text(start)}; {self.label} wants {text((stack, hidden))} (layers·directions × hidden_size)"
                raise ShapeError(words, f"{name}_0", f"{text(start)} ≠ {text((stack, hidden))}")
        return {"output": (shapes[0][0], width), **{f"{name}_n": (stack, hidden) for name in self.states}}

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        found: dict[str, Sized] = {}
        arriving, rows = shapes[0][1], f"{self.gates}·hidden" if self.gates > 1 else "hidden"
        tall = self.gates * self.hidden_size
        for level in range(self.num_layers):
            for suffix in ("", "_reverse")[: self.directions]:
                name = f"l{level}{suffix}"
                found[f"weight_ih_{name}"] = sized(**{rows: tall, "inputs": arriving})
                found[f"weight_hh_{name}"] = sized(**{rows: tall, "hidden_size": self.hidden_size})
                if self.bias:
                    found[f"bias_ih_{name}"] = found[f"bias_hh_{name}"] = sized(**{rows: tall})
            arriving = self.directions * self.hidden_size
        return found

    def macs(self, *shapes: Shape) -> int:
        steps, features = shapes[0]
        figures = {"T": steps, "input_size": features, "directions": self.directions, "gates": self.gates}
        return derive(_MACS, {**figures, "hidden_size": self.hidden_size, "num_layers": self.num_layers})

    def drawing(self, *shapes: Shape) -> Drawing:
        steps, features = map(int, shapes[0])
        return Unrolled(steps, features, self.hidden_size, self.num_layers, self.directions, self.states)

    def options(self) -> Mapping[str, Any]:
        return {}

    def module(self, *shapes: Shape) -> ModuleCall:
        # torch warns when dropout is given where it does nothing; check() says so instead.
        dropout = self.dropout if self.num_layers > 1 else 0.0
        options = {
            "num_layers": self.num_layers,
            **self.options(),
            "bias": self.bias,
            "batch_first": True,
            "dropout": dropout,
        }
        options["bidirectional"] = self.bidirectional
        sizes = int(shapes[0][1]), self.hidden_size
        if not (self.packed or self.truncate):
            return ModuleCall(f"nn.{self.module_name}", *sizes, **options)
        return ModuleCall(f"extra_modules.Stepped{self.module_name}", *sizes, **options, truncate=self.truncate)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        """torch puts the batch second in states; here it comes first, as everywhere."""
        sequence, *starts = refs
        lengths = starts.pop() if self.packed else None
        given = next((s for s in starts if s is not None), None)
        # Where only one of the LSTM's two states is wired, the other starts at zero.
        full = [s if s is not None else fn("torch.zeros_like", given) for s in starts] if given is not None else []
        turned = [s.transpose(0, 1).contiguous() for s in full]
        options = {} if lengths is None else {"lengths": lengths.reshape(-1)}
        both = m(sequence, *([turned[0] if len(turned) == 1 else tuple(turned)] if turned else []), **options)
        result: dict[str, Expr] = {"output": both[0]}
        for i, name in enumerate(self.states):
            if f"{name}_n" in used:
                state: Any = both[1] if len(self.states) == 1 else both[1][i]
                result[f"{name}_n"] = state.transpose(0, 1)
        return result


@layer(
    "rnn",
    family="recurrent",
    ports="x: T D, h_0?: L H -> output: T D, h_n: L H",
    keywords="recurrent elman sequence memory time",
)
class RNN(Recurrent):
    """Read a sequence step by step, mixing each new entry with what is remembered.

    h_t = tanh(W_ih·x_t + b_ih + W_hh·h_(t−1) + b_hh). “output” holds every step's h, “h_n” the last one of each layer.
    Parameters of one layer: hidden_size·(D + hidden_size + 2).
    """

    paper = "Elman, Finding structure in time, 1990"
    module_name = "RNN"
    nonlinearity: str = choice(
        "tanh",
        "What squashes the mix.",
        {"tanh": "between −1 and 1", "relu": "negative numbers become 0"},
        more=True,
        phrase="{}",
    )

    def options(self) -> Mapping[str, Any]:
        return {"nonlinearity": self.nonlinearity}


@layer(
    "lstm",
    family="recurrent",
    ports="x: T D, h_0?: L H, c_0?: L H -> output: T D, h_n: L H, c_n: L H",
    keywords="recurrent long short term memory sequence gates",
)
class LSTM(Recurrent):
    """Read a sequence with a memory cell whose gates decide what to forget, take in and show.

    c_t = f ⊙ c_(t−1) + i ⊙ g and h_t = o ⊙ tanh(c_t); the gates i, f, o and the candidate g are computed from x_t and h_(t−1).
    Parameters of one layer: 4·hidden_size·(D + hidden_size + 2).
    """

    paper = "Hochreiter and Schmidhuber, Long short-term memory, 1997"
    module_name, gates, states = "LSTM", 4, ("h", "c")


@layer(
    "gru",
    family="recurrent",
    ports="x: T D, h_0?: L H -> output: T D, h_n: L H",
    keywords="recurrent gated unit sequence memory",
)
class GRU(Recurrent):
    """Read a sequence with two gates, one that renews the memory and one that resets it: a lighter LSTM.

    h_t = (1 − z) ⊙ n + z ⊙ h_(t−1) with n = tanh(W_in·x_t + b_in + r ⊙ (W_hn·h_(t−1) + b_hn)); gates z and r.
    Parameters of one layer: 3·hidden_size·(D + hidden_size + 2).
    """

    paper = "Cho, van Merriënboer, Gulcehre, Bahdanau, Bougares, Schwenk and Bengio, RNN encoder–decoder, 2014"
    module_name, gates = "GRU", 3


@layer(
    "sequence_lengths",
    family="recurrent",
    label="Sequence lengths",
    ports="indices: T @int -> lengths: @int",
    rare=True,
    keywords="packed padding count words steps variable length",
)
class SequenceLengths(Layer):
    """Count the words of each text, for recurrent layers that read no further: the places up to the last that holds one.

    lengths = the greatest t with indices_t ≠ padding_idx, counted from 1; 0 for an empty text. Padding in between counts.
    """

    padding_idx: int = index(0, "The word that stands for nothing.", low=0, high=BIG, card=True, phrase="of {}")

    def shape(self, *shapes: Shape) -> Shape:
        return ()

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("extra_modules.count_steps", *refs, self.padding_idx)
