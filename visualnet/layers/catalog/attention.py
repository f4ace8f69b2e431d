"""Attention, and what tells it where things stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.drawings import Drawing, Heads
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.initial_moments import InitialState, Moments
from visualnet.layers.declaration.layer import Fault, Layer, Pattern, Shape, ShapeError, Sized, layer, read_ports, sized
from visualnet.layers.declaration.params import BIG, count, flag, index, real

_ATTENTION = "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser and Polosukhin, Attention is all you need, 2017"
_MACS = parse("2*T*D*D + S*D_key*D + S*D_value*D + 2*T*S*D")
_ONE_MORE = parse("T + 1")
PADDING = "Take a mask of the places that hold nothing and are not looked at (from Padding mask)."
_MASK = read_ports("key_padding_mask?: S @bool")


def padding_fits(masks: Sequence[Shape | None], places: Sequence[int], ports: Sequence[str]) -> None:
    """Hold masks against the number of places that they mark.

    Raises:
        ShapeError: a mask marks another number of places.
    """
    for mask, wanted, port in zip(masks, places, ports, strict=False):
        if mask is not None and tuple(mask) != (wanted,):
            raise ShapeError(
                f"the mask marks {text(mask)} places; there are {wanted}", port, f"{text(mask)} ≠ {wanted}"
            )


@layer(
    "multihead_attention",
    family="attention",
    label="MultiheadAttention",
    ports="query: T D, key?: S D, value?: S D -> output: T D, weights: heads T S",
    keywords="self cross transformer heads mha attend",
    paper=_ATTENTION,
)
class MultiheadAttention(Layer):
    """Let every place of a sequence look at every other and take over what fits, in several heads at once.

    softmax(Q·Kᵀ / √(D / num_heads))·V, with Q, K, V projected from query, key and value. With only the query wired it is
    self-attention; with key (and value) from elsewhere, cross-attention. “weights” shows who looks where, for each head.
    Parameters: 4·D² + 4·D when key and value have D features too.
    """

    num_heads: int = count(
        4, "Heads that look independently; they share the features.", high=1024, card=True, fit=True, phrase="{} heads"
    )
    dropout: float = real(
        0.0, "Share of the attention weights set to zero while training.", low=0, high=1, phrase="p {}", live="step"
    )
    bias: bool = flag(True, "Add learned constants in the projections.", more=True)
    causal: bool = flag(False, "Each place sees only itself and earlier ones, as when a text is written.")
    padding_mask: bool = flag(False, PADDING, more=True)

    def inputs(self) -> Mapping[str, Pattern]:
        return {**super().inputs(), **(_MASK if self.padding_mask else {})}

    def _sizes(
        self, query: Shape, key: Shape | None, value: Shape | None, *mask: Shape | None
    ) -> tuple[int, int, int, int, int]:
        """T, S, and the features of query, key and value."""
        key = query if key is None else key
        value = key if value is None else value
        return query[0], key[0], query[1], key[1], value[1]

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        features = shapes[0][1]
        if features % self.num_heads:
            words = f"{self.num_heads} heads do not divide {features} features"
            yield Fault(words, "num_heads", formula=f"{features} / {self.num_heads} = {features / self.num_heads:.2f}")

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        query, key, value, *masks = shapes
        t, s, d, _, _ = self._sizes(query, key, value)
        if value is not None and value[0] != s:
            owner = "query" if key is None else "key"
            raise ShapeError(
                f"{owner} has {s} places and value {value[0]}: each place needs both", "value", f"{s} ≠ {value[0]}"
            )
        padding_fits(masks, (s,), ("key_padding_mask",))
        return {"output": (t, d), "weights": (self.num_heads, t, s)}

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        _, _, d, d_key, d_value = self._sizes(*shapes)
        if d == d_key == d_value:
            found = {"in_proj_weight": sized(**{"3·D": 3 * d}, D=d)}
        else:
            parts = {"q": ("D", d), "k": ("D_key", d_key), "v": ("D_value", d_value)}
            found = {f"{part}_proj_weight": sized(**{"D_out": d, name: n}) for part, (name, n) in parts.items()}
        if self.bias:
            found["in_proj_bias"] = sized(**{"3·D": 3 * d})
        found["out_proj.weight"] = sized(D_out=d, D=d)
        if self.bias:
            found["out_proj.bias"] = sized(D_out=d)
        return found

    def macs(self, *shapes: Shape) -> int:
        t, s, d, d_key, d_value = self._sizes(*shapes)
        return derive(_MACS, {"T": t, "S": s, "D": d, "D_key": d_key, "D_value": d_value})

    def drawing(self, *shapes: Shape) -> Drawing:
        t, s, d, _, _ = (int(n) for n in self._sizes(*shapes))
        return Heads(self.num_heads, d, t, s, self.causal)

    def module(self, *shapes: Shape) -> ModuleCall:
        _, _, d, d_key, d_value = (int(n) for n in self._sizes(*shapes))
        others = {} if d == d_key == d_value else {"kdim": d_key, "vdim": d_value}
        options = {"dropout": self.dropout, "bias": self.bias, **others, "batch_first": True}
        return ModuleCall("nn.MultiheadAttention", d, self.num_heads, **options)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        query, key, value, *masks = refs
        key = query if key is None else key
        value = key if value is None else value
        options: dict[str, Any] = {"need_weights": False}
        if "weights" in used:
            options = {"need_weights": True, "average_attn_weights": False}
        if self.causal:
            options["attn_mask"] = query.new_ones(query.size(1), key.size(1)).triu(1).bool()
        if masks and masks[0] is not None:
            options["key_padding_mask"] = masks[0]
        both = m(query, key, value, **options)
        return {"output": both[0], **({"weights": both[1]} if "weights" in used else {})}


class Positions(Layer):
    """What positional encodings share."""

    piece: ClassVar[str]
    added: ClassVar[float]
    """The mean square of what is added."""
    max_length: int = count(512, "Longest sequence that it can mark.", high=1 << 20, card=True, phrase="up to {}")

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[0][0] > self.max_length:
            words = f"{text(shapes[0])} has {shapes[0][0]} places; this encoding has {self.max_length}"
            raise ShapeError(words, "max_length", f"{shapes[0][0]} > {self.max_length}")
        return shapes[0]

    def begins(self, start: InitialState) -> Moments | None:
        first = start.first
        return first._replace(variance=first.variance + self.added) if first is not None else None

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall(f"extra_modules.{self.piece}", self.max_length, int(shapes[0][1]))


@layer(
    "learned_positions",
    family="attention",
    label="Learned positions",
    ports="x: T D -> y: T D",
    keywords="positional encoding embedding order transformer vit bert",
    paper="Gehring, Auli, Grangier, Yarats and Dauphin, Convolutional sequence to sequence learning, 2017",
)
class LearnedPositions(Positions):
    """Add a learned vector to each place of a sequence, since attention alone cannot tell first from last.

    y_t = x_t + weight_t. Parameters: max_length·D.
    """

    piece, added = "LearnedPositions", 0.02**2

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(max_length=self.max_length, D=shapes[0][1])}


@layer(
    "sinusoidal_positions",
    family="attention",
    label="Sinusoidal positions",
    ports="x: T D -> y: T D",
    keywords="positional encoding sine cosine order transformer",
    paper=_ATTENTION,
)
class SinusoidalPositions(Positions):
    """Add sines and cosines of many wavelengths to each place of a sequence: a clock with many hands.

    y_t,2i = x_t,2i + sin(t / 10000^(2i/D)), and the cosine in y_t,2i+1. Nothing is learned.
    """

    piece, added = "SinusoidalPositions", 0.5


@layer(
    "class_token",
    family="attention",
    label="Class token",
    ports="x: T D -> y: T D",
    keywords="cls vit bert transformer summary",
    paper="Devlin, Chang, Lee and Toutanova, BERT, 2018",
)
class ClassToken(Layer):
    """Put one learned vector before a sequence; attention gathers in it what the whole is about.

    T×D becomes (T + 1)×D; entry 0 is the token (take it out again with Select). Parameters: D.
    """

    def shape(self, *shapes: Shape) -> Shape:
        return (derive(_ONE_MORE, {"T": shapes[0][0]}), shapes[0][1])

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"token": sized(D=shapes[0][1])}

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("extra_modules.ClassToken", int(shapes[0][1]))


@layer(
    "padding_mask",
    family="attention",
    label="Padding mask",
    ports="indices: T @int -> mask: T @bool",
    rare=True,
    keywords="attention ignore empty words length key",
)
class PaddingMask(Layer):
    """Mark the places of a text that hold nothing, so that attention does not look at them.

    mask_t is yes where indices_t = padding_idx. Wire it to a layer whose padding_mask is on.
    """

    padding_idx: int = index(0, "The word that stands for nothing.", low=0, high=BIG, card=True, phrase="of {}")

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        return fn("torch.eq", *refs, self.padding_idx)
