"""Dense layers that are met less often."""

from __future__ import annotations

from math import prod

from visualnet.core.expressions import parse
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import Make
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.layer import Layer, Shape, ShapeError, Sized, layer, sized
from visualnet.layers.declaration.params import choice, count, flag

_BILINEAR = parse("positions*(D*E*out_features + E*out_features)")


@layer(
    "embedding_bag",
    family="dense",
    label="EmbeddingBag",
    ports="indices: T @int -> vector: D",
    rare=True,
    keywords="lookup table words tokens bag average text",
)
class EmbeddingBag(Layer):
    """Look words up in a table of learned vectors and mix them at once: a text without word order.

    T indices become one vector of D numbers. Parameters: num_embeddings·embedding_dim.
    """

    paper = "Joulin, Grave, Bojanowski and Mikolov, Bag of tricks for efficient text classification, 2016"
    num_embeddings: int = count(1000, "Size of the vocabulary: indices go from 0 to one less.", card=True)
    embedding_dim: int = count(64, "Length of the vector.", card=True, fit=True)
    mode: str = choice("mean", "How words are mixed.", {"mean": "average", "sum": "added", "max": "largest numbers"})

    def shape(self, *shapes: Shape) -> Shape:
        return (self.embedding_dim,)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(num_embeddings=self.num_embeddings, embedding_dim=self.embedding_dim)}

    def module(self, *shapes: Shape) -> Make:
        return Make("nn.EmbeddingBag", self.num_embeddings, self.embedding_dim, mode=self.mode)


@layer(
    "bilinear",
    family="dense",
    ports="x1: * D, x2: * E -> y: * F",
    rare=True,
    keywords="pair interaction compare relation two inputs",
)
class Bilinear(Layer):
    """Weigh every pair of a feature of one tensor and a feature of another: what matters is how they meet.

    y_k = x1ᵀ·A_k·x2 + b_k. Leading axes (time, patches) are kept and must agree.
    Parameters: out_features·D·E + out_features.
    """

    out_features: int = count(16, "Number of outputs per position.", card=True, fit=True)
    bias: bool = flag(True, "Add a learned constant to each output.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        first, second = shapes
        if first[:-1] != second[:-1]:
            words = f"x1 is {text(first)} and x2 is {text(second)}: both need the same size but for the last axis"
            raise ShapeError(words, "x2")
        return (*first[:-1], self.out_features)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        weight = sized(out_features=self.out_features, D=shapes[0][-1], E=shapes[1][-1])
        return {"weight": weight, **({"bias": sized(out_features=self.out_features)} if self.bias else {})}

    def macs(self, *shapes: Shape) -> int:
        (*lead, d), (*_, e) = shapes
        figures = {"positions": prod(lead), "D": d, "E": e, "out_features": self.out_features}
        return derive(_BILINEAR, figures)

    def module(self, *shapes: Shape) -> Make:
        return Make("nn.Bilinear", int(shapes[0][-1]), int(shapes[1][-1]), self.out_features, bias=self.bias)
