"""Whole stacks of transformer layers in one node: encoder, decoder, and both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from visualnet.layers.catalog.attention import padding_fits
from visualnet.layers.catalog.transformer.layers import (
    _CAUSAL,
    _PAPER,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
    TransformerLayer,
    causal_mask,
)
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule
from visualnet.layers.declaration.layer import Shape, ShapeError, Sized, layer, sized
from visualnet.layers.declaration.params import count, flag

_OPTIONS = ("dim_feedforward", "dropout", "activation", "layer_norm_eps", "norm_first", "bias")


class Stack(TransformerLayer):
    """What the stacks share: so many storeys of one kind, and a last normalization if wanted."""

    storey: ClassVar[type[TransformerLayer]]
    piece: ClassVar[str]
    num_layers: int = count(2, "Storeys on each other.", high=64, card=True, phrase="{} layers")
    final_norm: bool = flag(True, "Normalize once more behind the last storey.", more=True)

    def _one(self) -> TransformerLayer:
        shared = {name: value for name, value in self.values().items() if name in self.storey.params}
        return self.storey(shared)

    def weights(self, *shapes: Shape) -> Mapping[str, Sized]:
        one = self._one().weights(*shapes)
        found = {f"layers.{i}.{name}": size for i in range(self.num_layers) for name, size in one.items()}
        return {**found, **(last_norm("norm", shapes[0][1], self.bias) if self.final_norm else {})}

    def macs(self, *shapes: Shape) -> int:
        return self.num_layers * int(self._one().macs(*shapes))

    def module(self, *shapes: Shape) -> ModuleCall:
        options = {name: self.values()[name] for name in (*_OPTIONS, "final_norm")}
        return ModuleCall(f"extra_modules.{self.piece}", int(shapes[0][1]), self.nhead, self.num_layers, **options)


def last_norm(name: str, features: int, bias: bool) -> dict[str, Sized]:
    """The weights of a normalization over the features."""
    one = sized(D=features)
    return {f"{name}.weight": one, **({f"{name}.bias": one} if bias else {})}


@layer(
    "transformer_encoder",
    family="attention",
    label="TransformerEncoder",
    ports="x: T D -> y: T D",
    keywords="bert vit gpt self attention stack",
)
class TransformerEncoder(Stack):
    """A stack of transformer encoder layers in one node: what BERT is, or (with causal) GPT.

    Parameters: num_layers times those of a TransformerEncoderLayer, and 2·D for the last normalization.
    """

    storey, piece = TransformerEncoderLayer, "EncoderStack"
    masks = TransformerEncoderLayer.masks
    causal: bool = flag(False, _CAUSAL)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        mask = {"mask": causal_mask(refs[0])} if self.causal else {}
        return m(refs[0], **mask, **self.mask_options(refs))


@layer(
    "transformer_decoder",
    family="attention",
    label="TransformerDecoder",
    ports="x: T D, memory: S D -> y: T D",
    keywords="translation seq2seq cross attention stack",
)
class TransformerDecoder(Stack):
    """A stack of transformer decoder layers in one node; each looks at the encoder's memory.

    Parameters: num_layers times those of a TransformerDecoderLayer, and 2·D for the last normalization.
    """

    storey, piece = TransformerDecoderLayer, "DecoderStack"
    masks = TransformerDecoderLayer.masks
    causal: bool = flag(True, _CAUSAL)

    def shape(self, *shapes: Shape) -> Shape:
        return self._one().shape(*shapes)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        mask = {"tgt_mask": causal_mask(refs[0])} if self.causal else {}
        return m(refs[0], refs[1], **mask, **self.mask_options(refs))


@layer(
    "transformer",
    family="attention",
    label="Transformer",
    ports="source: S D, target: T D -> y: T D",
    keywords="translation seq2seq encoder decoder whole",
    paper=_PAPER,
)
class Transformer(TransformerLayer):
    """A whole transformer in one node: the encoder reads the source, the decoder writes the target with a look at it.

    Parameters: those of both stacks, each with a last normalization. What is shown to the decoder is the target so far.
    """

    num_encoder_layers: int = count(2, "Storeys of the encoder.", high=64, card=True, phrase="{} +")
    num_decoder_layers: int = count(2, "Storeys of the decoder.", high=64, card=True, phrase="{} layers")
    causal: bool = flag(True, _CAUSAL)
    masks: ClassVar[Mapping[str, str]] = {
        "source_padding_mask": "src_key_padding_mask",
        "target_padding_mask": "tgt_key_padding_mask",
    }

    def card(self) -> str:
        return f"{self.num_encoder_layers} + {self.num_decoder_layers} layers · {self.nhead} heads"

    def _parts(self) -> tuple[Stack, Stack]:
        shared = {name: value for name, value in self.values().items() if name in Stack.params}
        return (
            TransformerEncoder({**shared, "num_layers": self.num_encoder_layers, "padding_mask": False}),
            TransformerDecoder({**shared, "num_layers": self.num_decoder_layers, "padding_mask": False}),
        )

    def shape(self, *shapes: Shape) -> Shape:
        (s, d), (t, e), *masks = shapes
        if d != e:
            raise ShapeError("source and target have the same features", "target", f"{e} ≠ {d}")
        padding_fits(masks, (s, t), tuple(self.masks))
        return shapes[1]

    def weights(self, *shapes: Shape) -> Mapping[str, Sized]:
        source, target, *_ = shapes
        encoder, decoder = self._parts()
        return {
            **{f"encoder.{name}": size for name, size in encoder.weights(source).items()},
            **{f"decoder.{name}": size for name, size in decoder.weights(target, source).items()},
        }

    def macs(self, *shapes: Shape) -> int:
        source, target, *_ = shapes
        encoder, decoder = self._parts()
        return int(encoder.macs(source)) + int(decoder.macs(target, source))

    def module(self, *shapes: Shape) -> ModuleCall:
        options = {name: self.values()[name] for name in _OPTIONS}
        layers = (self.num_encoder_layers, self.num_decoder_layers)
        return ModuleCall("extra_modules.EncoderDecoder", int(shapes[0][1]), self.nhead, *layers, **options)

    def forward(self, m: OwnModule, *refs: Any, used: frozenset[str]) -> Expr:
        source, target = refs[0], refs[1]
        mask = {"tgt_mask": causal_mask(target)} if self.causal else {}
        given = self.mask_options(refs)
        # What the source leaves empty is empty in the memory that the decoder looks at, too.
        if "src_key_padding_mask" in given:
            given["memory_key_padding_mask"] = given["src_key_padding_mask"]
        return m(source, target, **mask, **given)
