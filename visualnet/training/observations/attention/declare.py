"""What attention looks at: weights as matrices and as lines, rollout over the layers, entropy of the heads."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.core.text.format import format_quantity
from visualnet.data.registry import image_field
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.tiles import TilesChart
from visualnet.figures.sequences.attention import square_patches
from visualnet.figures.sequences.heat_map import HeatMaps, Panel
from visualnet.figures.sequences.thinning import thin_by_maximum
from visualnet.figures.sequences.word_lines import WordLines
from visualnet.layers.declaration.params import real
from visualnet.training.observations.attention.places import PORT, attention_name, attention_subjects
from visualnet.training.observations.observation import (
    NETWORK,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

MOST_CELLS = 256
"""Of longer sequences small maps are made beside the weights, so that drawing all heads goes through no million of numbers."""
NO_ATTENTION = (
    "This network has no attention layer, so nothing looks at anything. Open the template “vit-small”, or add a MultiheadAttention; "
    "for layers that read a sequence step by step, see Sequences."
)


@observation("attention", "Attention", "Attention", about="output", view="attention")
class AttentionWeights(Observation):
    """Which token or patch looks at which, head by head, for the chosen sample."""

    reading = (
        "Each row is a query and adds to 1; a bright column is a source that many queries look at. "
        "A bright diagonal looks at itself, a slanted stripe at a neighbour, an even row at nothing in particular."
    )
    why_none = NO_ATTENTION

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return attention_subjects(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.attention.streams import find_stream
        from visualnet.training.observations.attention.weights import attention_weights

        weights = attention_weights(context, [subject])[subject]
        stream = find_stream(context.model, subject, attention_subjects(context.model.analysis))
        return _result(context, weights, stream.queries, stream.sources)

    def draw(self, result: Result, history: History) -> Chart:
        weights = result.arrays["weights"]
        titles = tuple(f"head {head}" for head in range(len(weights)))
        return TilesChart(weights, titles, 0.0, _peak(weights), unit="weight")


@observation("attention_lines", "Attention as lines", "Attention", about="output", view="attention_lines")
class AttentionLines(AttentionWeights):
    """Lines from each word to the words that it looks at, a colour for each head."""

    reading = (
        "A line goes from a query at the left to a source at the right; the stronger it is, the more of the source is taken over. "
        "Rest on a word to see its lines alone, click on a head's square to see that head alone."
    )

    def draw(self, result: Result, history: History) -> Chart:
        weights = result.arrays["weights"]
        _, queries, sources = weights.shape
        return WordLines(weights, names_of(result, "queries", queries), names_of(result, "sources", sources))


@observation("attention_rollout", "Attention rollout", "Attention", about="output", view="attention")
class AttentionRollout(Observation):
    """How much of each input position is in each position behind a self-attention layer, over all layers before it (Abnar and Zuidema,
    2020).

    The mean of the heads is mixed with the identity, for the shortcut past each layer, and the layers are multiplied.
    """

    reading = (
        "Each row is a position behind this layer and adds to 1; bright is an input position that much of it comes from. "
        "The weights of one late layer alone do not say that: what stands in its positions was mixed by those before it."
    )
    residual: float = real(
        0.5, "How much of each position goes past the layer unchanged, through the shortcut.", low=0, high=1
    )
    why_none = NO_ATTENTION

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return attention_subjects(analysis, "square")

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.attention.measures import rollout
        from visualnet.training.observations.attention.streams import find_stream
        from visualnet.training.observations.attention.weights import attention_weights

        stream = find_stream(context.model, subject, attention_subjects(context.model.analysis))
        if not stream.is_self:
            raise CannotObserve(
                "This layer looks from one sequence into another; rollout follows one sequence through its self-attention."
            )
        layers = attention_weights(context, stream.before)
        size = layers[subject].shape[-1]
        square = [weights for weights in layers.values() if weights.shape[-2:] == (size, size)]
        total = rollout(square, self.residual)[None].astype(np.float32)
        found = _result(context, total, stream.queries, stream.queries)
        count = len(square)
        return found._replace(
            words={**found.words, "title": ("rollout", "is made of")},
            note=f"Over {format_quantity(count, 'self-attention layer')}, shortcut {self.residual:g}.",
        )

    def draw(self, result: Result, history: History) -> Chart:
        weights = result.arrays["weights"]
        size = weights.shape[-1]
        names = names_of(result, "queries", size)
        return HeatMaps(
            (Panel("", weights[0], 0.0, _peak(weights)),), "position behind", "input position", names, names, "share"
        )


@observation("attention_entropy", "Attention entropy", "Attention", about="network", unit="bits")
class AttentionEntropy(Observation):
    """How widely each head looks around: the entropy of its weights, as the mean over the queries."""

    reading = (
        "0 bits is a head that looks at one source alone, the greatest value one that looks at all alike. "
        "Heads that end near 0 have found what they look for; heads that stay at the top may be left over."
    )
    why_none = NO_ATTENTION

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [NETWORK] if attention_subjects(analysis) else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.attention.measures import entropy
        from visualnet.training.observations.attention.weights import attention_weights

        analysis = context.model.analysis
        every = [one for one in attention_subjects(analysis) if one[1] != PORT or context.has(one)]
        weights = attention_weights(context, every)
        heads = max(len(one) for one in weights.values())
        values = np.full((len(every), heads), np.nan, np.float32)
        for row, one in enumerate(weights.values()):
            values[row, : len(one)] = entropy(one)
        most = max(log2(max(one.shape[-1], 2)) for one in weights.values())
        names = tuple(attention_name(analysis, one) for one in every)
        return Result({"entropy": values, "most": np.array(most, np.float32)}, {"layers": names})

    def draw(self, result: Result, history: History) -> Chart:
        panel = Panel("", result.arrays["entropy"], 0.0, float(result.arrays["most"]))
        return HeatMaps((panel,), "layer", "head", result.words["layers"], unit="bits", numbers=True)


def names_of(result: Result, which: str, count: int) -> tuple[str, ...]:
    """What the positions are called: by their words, as patches of a picture, or by number."""
    words = result.words.get(which, ())
    if len(words) == count:
        return words
    grid = result.arrays.get("grid")
    if grid is not None and int(grid[0] * grid[1] + grid[2]) == count:
        columns, extra = int(grid[1]), int(grid[2])
        places = [divmod(at, columns) for at in range(count - extra)]
        return ("class token",) * extra + tuple(f"patch ({row}, {column})" for row, column in places)
    return tuple(f"{at}" for at in range(count))


def _peak(weights: Any) -> float:
    finite = weights[np.isfinite(weights)]
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def _result(context: ObservationContext, weights: Any, queries: tuple[str, ...], sources: tuple[str, ...]) -> Result:
    """Weights with the words of their positions, or the picture whose patches they are."""
    from visualnet.training.observations.token_words import position_words

    _, rows, columns = weights.shape
    arrays = {"weights": weights}
    if max(rows, columns) > MOST_CELLS:
        arrays["maps"] = thin_by_maximum(weights, MOST_CELLS, MOST_CELLS)
    words = {"queries": position_words(context, queries, rows), "sources": position_words(context, sources, columns)}
    picture = image_field(context.data.choice, context.data.fields)
    if picture is not None and picture in sources and not any(words.values()):
        grid, extra = square_patches(columns)
        if grid is not None:
            arrays["grid"] = np.array([*grid, extra], np.int64)
            arrays["image"] = context.raw(picture).astype(np.float32)
    return Result(arrays, words)
