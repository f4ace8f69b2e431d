"""Vectors as points on a plane: what a layer makes of many samples, and the words of an embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.core.text.format import format_percent
from visualnet.figures.charts.marks import Chart
from visualnet.figures.sequences.align_components import align_signs
from visualnet.figures.sequences.embedding_map import EmbeddingMap
from visualnet.layers.declaration.params import choice, count, real
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)
from visualnet.training.observations.subjects import output_ports

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext
    from visualnet.training.observations.embeddings.vectors import Vectors

PARTS = {
    "validation": "samples that are not trained on",
    "train": "samples that are trained on",
    "test": "samples kept for the end",
}
TABLE = "weight"
NEIGHBOURS = 5
CLASSES_SHOWN = 100


class SampleEmbedding(Observation):
    """What the layouts of samples share."""

    samples: int = count(200, "So many samples.", low=4, high=2000)
    part: str = choice("validation", "Of which part of the data.", PARTS)
    why_none = "No layer of this network gives numbers of a known shape yet: mend its problems first."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return output_ports(
            analysis, lambda facts, port: facts.leaving[port].dtype == "float" and facts.leaving[port].batched
        )

    def _vectors(self, context: ObservationContext, subject: Subject) -> Vectors:
        from visualnet.training.observations.embeddings.vectors import sample_vectors

        return sample_vectors(context, subject, self.samples, self.part)

    def _result(
        self, context: ObservationContext, vectors: Vectors, points: Any, note: str = "", **arrays: Any
    ) -> Result:
        found = {"points": points.float().cpu().numpy(), "places": vectors.places, **arrays}
        words: dict[str, tuple[str, ...]] = {}
        if vectors.labels is not None:
            found["labels"] = np.where(vectors.labels >= 0, vectors.labels, -1)
            words["classes"] = context.class_names
        return Result(found, words, " ".join(filter(None, (note, vectors.note))))

    def _chart(self, result: Result, points: Any, titles: tuple[str, str]) -> EmbeddingMap:
        arrays = result.arrays
        names = tuple(f"sample {place}" for place in arrays["places"].tolist())
        return EmbeddingMap(
            points, arrays.get("labels"), result.words.get("classes", ()), names, arrays["places"], titles[0], titles[1]
        )


@observation("embedding_pca", "Embedding (PCA)", "Samples", about="output", of_sample=False, view="embedding")
class EmbeddingPCA(SampleEmbedding):
    """Many samples as points: what a layer makes of each, seen along the two directions in which they differ most."""

    reading = (
        "Each point is a sample; two that stand far apart are different for this layer, and classes that stand apart can be told apart "
        "behind it. The axes say how much of all differences they show: what they leave out, near points may still differ in."
    )

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.embeddings.pca import principal_components

        vectors = self._vectors(context, subject)
        found = principal_components(vectors.rows, 2)
        return self._result(context, vectors, found.points, shares=found.shares.cpu().numpy())

    def draw(self, result: Result, history: History) -> Chart:
        before: Any = None
        for _, earlier in history:
            before = align_signs(earlier.arrays["points"], before)
        points = align_signs(result.arrays["points"], before)
        shares = result.arrays["shares"].tolist()
        titles = tuple(
            f"component {at} ({format_percent(share, 0)} of the differences)" for at, share in enumerate(shares, 1)
        )
        return self._chart(result, points, (titles[0], titles[1]))


@observation(
    "embedding_tsne", "Embedding (t-SNE)", "Samples", about="output", of_sample=False, live=False, view="embedding"
)
class EmbeddingTSNE(SampleEmbedding):
    """Many samples as points by t-SNE, so that near ones stay near (van der Maaten and Hinton, 2008)."""

    reading = (
        "Points that stand together are alike for this layer. How far groups are from each other, and how wide they are, means little: "
        "t-SNE keeps neighbours, not distances; try another perplexity before you believe a group."
    )
    samples: int = count(500, "So many samples; the time grows with their square.", low=4, high=2000)
    perplexity: float = real(30.0, "About so many neighbours has each sample.", low=2, high=200)
    rounds: int = count(750, "So many steps of the descent.", low=50, high=5000)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.embeddings import tsne

        vectors = self._vectors(context, subject)
        perplexity = min(self.perplexity, (len(vectors.rows) - 1) / 3)
        points = tsne.lay_out(
            vectors.rows.cpu(),
            perplexity=perplexity,
            steps=self.rounds,
            check=lambda share: context.check(0.1 + 0.9 * share),
        )
        loss = tsne.divergence(tsne.affinities(vectors.rows.cpu(), perplexity), points.double()).item()
        return self._result(context, vectors, points, f"Perplexity {perplexity:g}, divergence {loss:.3g}.")

    def draw(self, result: Result, history: History) -> Chart:
        return self._chart(result, result.arrays["points"], ("no unit: only who is near whom counts", ""))


@observation(
    "embedding_neighbours",
    "Embedding (UMAP-like)",
    "Samples",
    about="output",
    of_sample=False,
    live=False,
    view="embedding",
)
class EmbeddingNeighbours(SampleEmbedding):
    """Many samples as points by the forces of UMAP, which keep neighbours together (McInnes, Healy and Melville, 2018)."""

    reading = (
        "Points that stand together are alike for this layer, and groups that touch share neighbours. Few neighbours show small groups, "
        "many the whole; distances between groups that do not touch mean little."
    )
    samples: int = count(500, "So many samples; the time grows with their number.", low=4, high=2000)
    neighbours: int = count(15, "So many neighbours hold each sample.", low=2, high=200)
    min_dist: float = real(0.1, "How close points may come.", low=0.001, high=0.99)
    rounds: int = count(300, "So many rounds.", low=20, high=3000)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.embeddings import neighbour_layout

        vectors = self._vectors(context, subject)
        points = neighbour_layout.lay_out(
            vectors.rows.cpu(),
            context.generator(),
            neighbours=self.neighbours,
            min_dist=self.min_dist,
            rounds=self.rounds,
            check=lambda share: context.check(0.1 + 0.9 * share),
        )
        return self._result(context, vectors, points, f"{self.neighbours} neighbours.")

    def draw(self, result: Result, history: History) -> Chart:
        return self._chart(result, result.arrays["points"], ("no unit: only who is near whom counts", ""))


def _is_table(facts: NodeFacts) -> bool:
    """Whether a node looks vectors up by number: whole numbers come in, and rows of its weights go out."""
    first = facts.arriving[0] if facts.arriving else None
    return first is not None and first.dtype == "int" and len(facts.weights.get(TABLE, ())) == 2


@observation("word_vectors", "Word vectors", "Samples", about="weights", of_sample=False, view="embedding")
class WordVectors(Observation):
    """The vectors of an embedding layer as points with their words; resting on one names its nearest neighbours."""

    reading = (
        "Each point is a word (or symbol) of the vocabulary; words that the network uses alike come to stand together while it learns. "
        "The neighbours are those whose vectors point the same way (cosine), over all features, not only the two that are seen."
    )
    words: int = count(
        200, "So many words at most, the first ones of the vocabulary: the most frequent.", low=2, high=2000
    )
    why_none = (
        "No layer of this network looks up vectors for words. Add an Embedding behind an input of whole numbers, or open the template "
        "“lstm-classifier-small”; for what a layer makes of samples, see Embedding (PCA)."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        found: list[Subject] = []
        for path, facts in analysis.walk():
            if _is_table(facts):
                found += [(each, TABLE) for each in analysis.repetitions(path, 64)]
        return found

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.embeddings.nearest import nearest_by_cosine
        from visualnet.training.observations.embeddings.pca import principal_components
        from visualnet.training.observations.embeddings.vectors import vocabulary_words

        table = context.parameters(subject[0]).get(subject[1])
        if table is None or table.dim() != 2:
            raise CannotObserve("This layer has no table of vectors in the network that is trained.")
        names = vocabulary_words(context, len(table))
        count = min(self.words, len(names) or len(table))
        x = table.detach()[:count].float()
        if count < 2:
            raise CannotObserve("There is one word only.")
        found = principal_components(x, 2)
        index, cosines = nearest_by_cosine(x, NEIGHBOURS)
        words = names[:count] or tuple(map(str, range(count)))
        return Result(
            {
                "points": found.points.float().cpu().numpy(),
                "shares": found.shares.cpu().numpy(),
                "nearest": index.cpu().numpy(),
                "cosines": cosines.cpu().numpy(),
            },
            {"words": words},
            f"{count} of {len(names) or len(table)} words." if count < (len(names) or len(table)) else "",
        )

    def draw(self, result: Result, history: History) -> Chart:
        before: Any = None
        for _, earlier in history:
            before = align_signs(earlier.arrays["points"], before)
        points = align_signs(result.arrays["points"], before)
        words = result.words["words"]
        told = []
        near = zip(words, result.arrays["nearest"].tolist(), result.arrays["cosines"].tolist(), strict=True)
        for word, index, cosines in near:
            others = ", ".join(f"{words[i]} {c:.2f}" for i, c in zip(index, cosines, strict=True))
            told.append(f"{word}\nnearest: {others}")
        shares = result.arrays["shares"].tolist()
        titles = [
            f"component {at} ({format_percent(share, 0)} of the differences)" for at, share in enumerate(shares, 1)
        ]
        return EmbeddingMap(points, None, (), tuple(told), None, titles[0], titles[1], named=True)
