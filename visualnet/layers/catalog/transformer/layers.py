"""Attention without weights, and the two layers that transformers are stacked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, ClassVar

from visualnet.core.expressions import parse
from visualnet.layers.catalog.attention import PADDING, padding_fits
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, fn
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Fault, Layer, Pattern, Shape, ShapeError, Sized, layer, read_ports, sized
from visualnet.layers.declaration.params import choice, count, flag, real

_PAPER = "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser and Polosukhin, Attention is all you need, 2017"
_DOT = parse("heads*T*S*(D + E)")
_SELF = parse("4*T*D*D + 2*T*T*D")
_CROSS = parse("2*T*D*D + 2*S*D*D + 2*T*S*D")
_FEED = parse("2*T*D*F")
_CAUSAL = "Each place sees only itself and earlier ones, as when a text is written."


@layer(
    "scaled_dot_product_attention",
    family="attention",
    label="Dot-product attention",
    ports="query: * T D, key: * S D, value: * S E -> output: * T E, weights: * T S",
    keywords="sdpa scaled attention heads query key value causal cross",
    paper=_PAPER,
)
class DotProductAttention(Layer):
    """Let every query gather values, weighed by how well their keys match it. Nothing is learned here.

    softmax(Q·Kᵀ / √D)·V, for each head on its own. Heads may come as a leading axis (heads×T×D), or be cut out of the
    features here: with num_heads 4, T×64 is read as 4 heads of 16. “weights” shows who looks where.
    """

    causal: bool = flag(False, _CAUSAL)
    num_heads: int = count(
        1, "Heads that the features are cut into; they are joined again behind.", high=1024, phrase="{} heads"
    )

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        query, _, value = shapes
        if self.num_heads > 1 and len(query) > 2:
            yield Fault(f"heads are there already: {text(query)} has a leading axis; set num_heads to 1", "num_heads")
        for features in (query[-1], value[-1]):
            if features % self.num_heads:
                words = f"{self.num_heads} heads do not divide {features} features"
                formula = f"{features} / {self.num_heads} = {features / self.num_heads:.2f}"
                yield Fault(words, "num_heads", formula=formula)
                break

    def shape(self, *shapes: Shape) -> Mapping[str, Shape]:
        query, key, value = shapes
        if not len(query) == len(key) == len(value) or not query[:-2] == key[:-2] == value[:-2]:
            raise ShapeError("query, key and value have the same number of axes and the same heads", "key")
        if query[-1] != key[-1]:
            raise ShapeError("queries and keys are compared number by number", "key", f"{query[-1]} ≠ {key[-1]}")
        if key[-2] != value[-2]:
            raise ShapeError("each place needs both a key and a value", "value", f"{key[-2]} ≠ {value[-2]}")
        heads = (self.num_heads,) if self.num_heads > 1 else query[:-2]
        return {"output": (*query[:-1], value[-1]), "weights": (*heads, query[-2], key[-2])}

    def macs(self, *shapes: Shape) -> int:
        query, key, value = shapes
        figures = {"heads": prod(query[:-2]), "T": query[-2], "S": key[-2], "D": query[-1], "E": value[-1]}
        return derive(_DOT, figures)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Mapping[str, Expr]:
        query, key, value = refs
        if self.num_heads > 1:
            query, key, value = (x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for x in refs)
        found: dict[str, Expr] = {}
        if "weights" in used:
            # The fused kernel does not tell them: then both are computed step by step.
            both = fn("extra_modules.attend", query, key, value, self.causal)
            output, found["weights"] = both[0], both[1]
        else:
            causal = {"is_causal": True} if self.causal else {}
            output = fn("F.scaled_dot_product_attention", query, key, value, **causal)
        found["output"] = output.transpose(1, 2).flatten(2) if self.num_heads > 1 else output
        return found


class TransformerLayer(Layer):
    """What encoder and decoder layers share. The features stay D throughout."""

    paper = _PAPER
    nhead: int = count(
        4, "Heads that look independently; they share the features.", high=1024, card=True, fit=True, phrase="{} heads"
    )
    dim_feedforward: int = count(256, "Width of the two dense layers' middle.", card=True, fit=True)
    dropout: float = real(0.1, "Share set to zero while training.", low=0, high=1, phrase="p {}", live="step")
    activation: str = choice("relu", "Between the dense layers.", {"relu": "ReLU", "gelu": "GELU"}, more=True)
    layer_norm_eps: float = real(1e-5, "Added to the variance.", low=1e-12, high=1, more=True)
    norm_first: bool = flag(False, "Normalize before attention and dense layers, not after.", more=True)
    bias: bool = flag(True, "Learn constants in every part.", more=True)
    padding_mask: bool = flag(False, PADDING, more=True)
    masks: ClassVar[Mapping[str, str]] = {}
    """The masks' ports: for each the word of torch's ``forward``."""

    def inputs(self) -> Mapping[str, Pattern]:
        ports = super().inputs()
        axes = {"memory": "S", "source": "S"}
        if not self.padding_mask:
            return ports
        more = (f"{port}?: {axes.get(port.partition('_')[0], 'T')} @bool" for port in self.masks)
        return {**ports, **read_ports(", ".join(more))}

    def mask_options(self, refs: Sequence[Any]) -> dict[str, Any]:
        """The masks that are wired, as ``forward`` of torch's module takes them."""
        given = refs[len(super().inputs()) :]
        return {word: ref for word, ref in zip(self.masks.values(), given, strict=False) if ref is not None}

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        features = shapes[0][1]
        if features % self.nhead:
            words = f"{self.nhead} heads do not divide {features} features"
            yield Fault(words, "nhead", formula=f"{features} / {self.nhead} = {features / self.nhead:.2f}")

    def shape(self, *shapes: Shape) -> Shape:
        places = [shapes[0][0], *(s[0] for s in shapes[1:2] if s is not None)]
        padding_fits(shapes[len(super().inputs()) :], places, tuple(self.masks))
        return shapes[0]

    def _attention(self, name: str, d: int) -> dict[str, Sized]:
        weights = {"in_proj_weight": sized(**{"3·D": 3 * d}, D=d)}
        if self.bias:
            weights["in_proj_bias"] = sized(**{"3·D": 3 * d})
        weights["out_proj.weight"] = sized(D_out=d, D=d)
        if self.bias:
            weights["out_proj.bias"] = sized(D_out=d)
        return {f"{name}.{key}": value for key, value in weights.items()}

    def _rest(self, d: int, norms: int) -> dict[str, Sized]:
        wide = self.dim_feedforward
        weights = {"linear1.weight": sized(dim_feedforward=wide, D=d)}
        if self.bias:
            weights["linear1.bias"] = sized(dim_feedforward=wide)
        weights["linear2.weight"] = sized(D=d, dim_feedforward=wide)
        if self.bias:
            weights["linear2.bias"] = sized(D=d)
        for i in range(1, norms + 1):
            weights[f"norm{i}.weight"] = sized(D=d)
            if self.bias:
                weights[f"norm{i}.bias"] = sized(D=d)
        return weights

    def module(self, *shapes: Shape) -> ModuleCall:
        names = ("dim_feedforward", "dropout", "activation", "layer_norm_eps")
        options = {name: getattr(self, name) for name in names}
        last = {"norm_first": self.norm_first, "bias": self.bias}
        name = f"nn.{type(self).__name__}"
        return ModuleCall(name, int(shapes[0][1]), self.nhead, **options, batch_first=True, **last)


def causal_mask(x: Any) -> Any:
    """Yes for what lies ahead, for a sequence's places."""
    return x.new_ones(x.size(1), x.size(1)).triu(1).bool()


@layer(
    "transformer_encoder_layer",
    family="attention",
    label="TransformerEncoderLayer",
    ports="x: T D -> y: T D",
    keywords="bert vit gpt self attention block feed forward",
)
class TransformerEncoderLayer(TransformerLayer):
    """One storey of a transformer: self-attention, then two dense layers, each with a shortcut and a normalization.

    Parameters: 4·D² + 2·D·dim_feedforward + dim_feedforward + 9·D. With causal it is a GPT's storey.
    """

    causal: bool = flag(False, _CAUSAL)
    masks: ClassVar[Mapping[str, str]] = {"key_padding_mask": "src_key_padding_mask"}

    def weights(self, *shapes: Shape) -> Mapping[str, Sized]:
        d = shapes[0][1]
        return {**self._attention("self_attn", d), **self._rest(d, 2)}

    def macs(self, *shapes: Shape) -> int:
        t, d = shapes[0]
        return derive(_SELF, {"T": t, "D": d}) + derive(_FEED, {"T": t, "D": d, "F": self.dim_feedforward})

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        mask = {"src_mask": causal_mask(refs[0])} if self.causal else {}
        return m(refs[0], **mask, **self.mask_options(refs))


@layer(
    "transformer_decoder_layer",
    family="attention",
    label="TransformerDecoderLayer",
    ports="x: T D, memory: S D -> y: T D",
    keywords="translation seq2seq cross attention block feed forward",
)
class TransformerDecoderLayer(TransformerLayer):
    """One storey of a transformer's decoder: self-attention, a look at the encoder's memory, then two dense layers.

    Parameters: 8·D² + 2·D·dim_feedforward + dim_feedforward + 15·D. Memory has D features as well.
    """

    causal: bool = flag(True, _CAUSAL)
    masks: ClassVar[Mapping[str, str]] = {
        "key_padding_mask": "tgt_key_padding_mask",
        "memory_key_padding_mask": "memory_key_padding_mask",
    }

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[1][1] != shapes[0][1]:
            raise ShapeError("memory has the features of x", "memory", f"{shapes[1][1]} ≠ {shapes[0][1]}")
        return super().shape(*shapes)

    def weights(self, *shapes: Shape) -> Mapping[str, Sized]:
        d = shapes[0][1]
        return {**self._attention("self_attn", d), **self._attention("multihead_attn", d), **self._rest(d, 3)}

    def macs(self, *shapes: Shape) -> int:
        (t, d), (s, _), *_ = shapes
        own, feed = derive(_SELF, {"T": t, "D": d}), derive(_FEED, {"T": t, "D": d, "F": self.dim_feedforward})
        return own + derive(_CROSS, {"T": t, "S": s, "D": d}) + feed

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        mask = {"tgt_mask": causal_mask(refs[0])} if self.causal else {}
        return m(refs[0], refs[1], **mask, **self.mask_options(refs))
