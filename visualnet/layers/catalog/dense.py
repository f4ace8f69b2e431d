"""Layers that connect every input to every output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from visualnet.core.expressions import parse
from visualnet.core.graph import Value
from visualnet.layers.declaration.axes import text
from visualnet.layers.declaration.calls import ModuleCall
from visualnet.layers.declaration.drawings import Drawing, Matrix, Table
from visualnet.layers.declaration.formulas import derive
from visualnet.layers.declaration.initial_moments import NORMAL, InitialState, Moments, after_weights, weight_variance
from visualnet.layers.declaration.layer import Fault, Layer, Pattern, Shape, ShapeError, Sized, Spec, layer, sized
from visualnet.layers.declaration.params import choice, count, flag

_MACS = parse("positions*in_features*out_features")
_BILINEAR = parse("positions*(D*E*out_features + E*out_features)")
_ROWS = (
    "an image {0}×{1}×{2} arrives: every row of {2} is weighed on its own, with the same weights; "
    "to weigh the whole image, flatten it first"
)


@layer(
    "linear",
    family="dense",
    ports="x: * D -> y: * D",
    adapter=True,
    doubts={"x": {3: _ROWS}},
    keywords="dense fully connected fc affine matrix mlp",
)
class Linear(Layer):
    """Mix all features: every output is a weighted sum of every input, plus a bias.

    y = x·Wᵀ + b. Leading axes (time, patches) are kept; the last one changes from D to out_features.
    Parameters: in_features·out_features + out_features.
    """

    linear_map = True
    out_features: int = count(64, "Number of outputs per position.", card=True, fit=True)
    bias: bool = flag(True, "Add a learned constant to each output.", more=True)

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0][:-1], self.out_features)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        weight = sized(out_features=self.out_features, in_features=shapes[0][-1])
        return {"weight": weight, **({"bias": sized(out_features=self.out_features)} if self.bias else {})}

    def begins(self, start: InitialState) -> Moments | None:
        return after_weights(start)

    def macs(self, *shapes: Shape) -> int:
        *lead, features = shapes[0]
        return derive(_MACS, {"positions": prod(lead), "in_features": features, "out_features": self.out_features})

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Linear", int(shapes[0][-1]), self.out_features, bias=self.bias)

    def drawing(self, *shapes: Shape) -> Drawing:
        *lead, features = shapes[0]
        return Matrix(self.out_features, int(features), self.bias, prod(lead))

    @classmethod
    def adapt(cls, have: Spec, want: Pattern, target: Shape | None) -> Iterator[dict[str, Value]]:
        if target and have.shape and have.dtype == "float" and target[:-1] == have.shape[:-1]:
            yield {"out_features": int(target[-1])}


@layer(
    "embedding",
    family="dense",
    ports="indices: * @int -> vectors: * D",
    keywords="lookup table words tokens vocabulary",
)
class Embedding(Layer):
    """Look each whole number up in a table of learned vectors: words become points in space.

    T indices become T×D. The same as a linear layer on one-hot vectors, without the multiplication.
    Parameters: num_embeddings·embedding_dim.
    """

    paper = "Bengio, Ducharme, Vincent and Jauvin, A neural probabilistic language model, 2003"
    num_embeddings: int = count(1000, "Size of the vocabulary: indices go from 0 to one less.", card=True)
    embedding_dim: int = count(64, "Length of each vector.", card=True, fit=True)
    padding_idx: int | None = count(None, "The index whose vector stays zero (padding).", low=0, none="none", more=True)

    def check(self, *shapes: Shape) -> Iterable[Fault]:
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            words = f"there is no index {self.padding_idx} among {self.num_embeddings} (0 to {self.num_embeddings - 1})"
            yield Fault(words, "padding_idx")

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0], self.embedding_dim)

    def weights(self, *shapes: Shape) -> dict[str, Sized]:
        return {"weight": sized(num_embeddings=self.num_embeddings, embedding_dim=self.embedding_dim)}

    def begins(self, start: InitialState) -> Moments | None:
        if not start.init.function:
            return NORMAL
        drawn = weight_variance(start.init, (self.num_embeddings, self.embedding_dim))
        return Moments(0.0, drawn) if drawn is not None else None

    def drawing(self, *shapes: Shape) -> Drawing:
        return Table(self.num_embeddings, self.embedding_dim, prod(map(int, shapes[0])))

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Embedding", self.num_embeddings, self.embedding_dim, padding_idx=self.padding_idx)


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

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.EmbeddingBag", self.num_embeddings, self.embedding_dim, mode=self.mode)


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

    def module(self, *shapes: Shape) -> ModuleCall:
        return ModuleCall("nn.Bilinear", int(shapes[0][-1]), int(shapes[1][-1]), self.out_features, bias=self.bias)
