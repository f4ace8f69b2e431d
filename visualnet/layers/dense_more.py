"""Dense layers that are met less often."""

from __future__ import annotations

from visualnet.layers.calls import Make
from visualnet.layers.declare import Layer, Shape, Sized, layer, sized
from visualnet.layers.params import choice, count


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
