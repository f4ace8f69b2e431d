"""Texts that a network writes: a translation of what is typed, or how a text goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.analysis import Analysis
from visualnet.layers.declaration import params as kinds
from visualnet.training.decoding.search import MOST_BEAMS, WAYS, SamplingOptions
from visualnet.training.generating.method import (
    Check,
    GenerationError,
    GenerationMethod,
    GenerationPlace,
    generation_method,
    how_many,
    how_warm,
)
from visualnet.training.observations.observation import CannotObserve
from visualnet.training.prediction.written_text import LONGEST_TYPED, count_texts

if TYPE_CHECKING:
    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext

WARMTH = "Below 1 the likely words become likelier, 0 always takes the likeliest; above 1 all become alike."


class _Written(GenerationMethod):
    """What both methods to write have in common."""

    typed: str = kinds.text("", "The text; empty for that of samples of the data.", check=str, longest=LONGEST_TYPED)
    top_k: int = kinds.count(0, "Only so many of the most probable words stay in, 0 for all.", low=0, high=1_000_000)
    top_p: float = kinds.real(1.0, "Only the fewest words that hold this share together stay in.", low=0.001, high=1)

    texts = 0
    """How many inputs hold a text."""

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        return [GenerationPlace("text")] if cls.texts == min(count_texts(analysis), 2) else []


@generation_method(
    "next_word", "Next word", "an input that holds a text, and at each place scores for the word that follows"
)
class NextWord(_Written):
    """Go on with a text, word by word: each word is drawn by the probability that the network gives it, and stands before the next.

    A temperature of 0 takes the most probable word each time. Where nothing is typed, each text begins as a sample of the data does.
    """

    texts = 1
    count: int = how_many(6, "So many texts are written, each drawn by itself.", high=200)
    temperature: float = how_warm(WARMTH)
    words: int = kinds.count(40, "So many words are written.", high=500)

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        from visualnet.training.prediction.writing import go_on

        choosing = SamplingOptions("sampling", self.temperature, self.top_k, self.top_p, seed=self.seed)
        return _made(lambda: go_on(context, self.typed, self.count, self.words, choosing, check))


@generation_method(
    "translate",
    "Translation",
    "an input that holds a text to be translated, and one that holds what is written of it so far",
)
class Translate(_Written):
    """Translate what is typed, or samples of the data: the network reads its own words so far, nobody tells it the right ones."""

    texts = 2
    how: str = kinds.choice("greedy", "How each word is chosen.", WAYS)
    count: int = how_many(6, "Where nothing is typed, so many samples are translated.", high=200)
    temperature: float = how_warm(f"When drawing. {WARMTH}")
    width: int = kinds.count(4, "So many beginnings are followed by a beam search.", high=MOST_BEAMS)

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        from visualnet.training.prediction.writing import translate

        choosing = SamplingOptions(self.how, self.temperature, self.top_k, self.top_p, self.width, seed=self.seed)
        return _made(lambda: translate(context, self.typed, self.count, choosing, check))


def _made(write: object) -> GeneratedResult:
    """What was written, as texts with the logarithms of their probabilities.

    Raises:
        GenerationError: the network writes no texts, or there is nothing to go on from.
    """
    from visualnet.training.generating.results import GeneratedTexts

    assert callable(write)
    try:
        found = write()
    except CannotObserve as error:
        raise GenerationError(str(error)) from None
    scores = {"log-probability": found.scores}
    return GeneratedTexts(found.texts, found.heads, scores, found.note)
