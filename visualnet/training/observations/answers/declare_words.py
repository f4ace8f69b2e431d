"""The words that a network fills in where a text asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.marks import Chart
from visualnet.figures.sequences.filled_words import FilledPlace, FilledWords
from visualnet.layers.declaration.params import count
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.observations.answers.images import chosen_batch, sample_names
from visualnet.training.observations.observation import (
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

MASK = "[mask]"
"""What stands where a word is hidden, by its name in a vocabulary."""
MOST_KEPT = 12
"""So many words of each place are kept."""


def word_ports(analysis: Analysis) -> list[Subject]:
    """The ports whose scores (word, place) a loss holds against the words of a text."""
    found: list[Subject] = []
    for node in analysis.main.nodes.values():
        for name, spec in node.leaving.items():
            kind, field = held_against(analysis, Port(node.node.id, name))
            if field and kind == "logits" and spec is not None and spec.batched and len(spec.shape) == 2:
                found.append(((node.node.id,), name))
    return found


@observation("filled_words", "Words filled in", "Samples", about="output")
class FilledIn(Observation):
    """The words of a text that are asked, and what the network would fill in there: the likeliest words with their probabilities.

    Asked is what the target does not leave out (−100): the masked words of BERT, every next word of GPT. In a text of your own it is
    each place where [mask] stands.
    """

    drawn_by = frozenset({"likeliest"})
    reading = (
        "Each marked word is asked; below it stand the likeliest words, the right one in bold. Several words that fit, each with a part of "
        "the probability, are no error: the text leaves open which one it was. A word that cannot stand there shows what was not learned."
    )
    likeliest: int = count(4, "So many words of each place are shown.", high=MOST_KEPT)
    why_none = "This is for networks that score words at each place of a text, as BERT and GPT do, with a cross-entropy behind the scores."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return word_ports(analysis)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.context import as_array
        from visualnet.training.observations.token_words import position_words, reaching_fields, vocabulary

        _, target = held_against(context.model.analysis, Port(subject[0][-1], subject[1]))
        places = np.array([context.place])
        batch = chosen_batch(context, places)
        shares = as_array(context.values([subject], batch)[subject].float().softmax(1))[0]
        shown = position_words(context, reaching_fields(context, subject), shares.shape[1])
        truth = as_array(batch[target]).reshape(-1).astype(np.int64)
        if context.own:
            asked = np.flatnonzero([word == MASK for word in shown])
            truth = np.full_like(truth, -1)
        else:
            asked = np.flatnonzero(truth >= 0)
        if not len(asked):
            raise CannotObserve(
                f"No word of this text is asked: write {MASK} where one is to be filled in."
                if context.own
                else "No word of this sample is asked: choose another one."
            )
        order = np.argsort(-shares[:, asked], axis=0, kind="stable")[:MOST_KEPT].T
        arrays: dict[str, NDArray[Any]] = {
            "places": places,
            "asked": asked,
            "tokens": order,
            "shares": np.take_along_axis(shares[:, asked].T, order, axis=1),
            "truth": truth[asked],
        }
        names = vocabulary(context.data, target) or tuple(map(str, range(len(shares))))
        used = sorted({*order.reshape(-1).tolist(), *(int(one) for one in truth[asked] if one >= 0)})
        words = tuple(names[number] if number < len(names) else str(number) for number in used)
        shown = shown or tuple(str(place + 1) for place in range(shares.shape[1]))
        return Result(
            arrays | {"used": np.array(used)},
            {"shown": shown, "words": words, "names": sample_names(context, places)},
        )

    def draw(self, result: Result, history: History) -> Chart:
        arrays = result.arrays
        names = dict(zip(arrays["used"].tolist(), result.words["words"], strict=True))
        asked = tuple(
            FilledPlace(
                int(place),
                tuple(names[token] for token in arrays["tokens"][at, : self.likeliest].tolist()),
                tuple(arrays["shares"][at, : self.likeliest].tolist()),
                names.get(int(arrays["truth"][at]), ""),
            )
            for at, place in enumerate(arrays["asked"].tolist())
        )
        return FilledWords(_trim(result.words["shown"], arrays["asked"]), asked)


def _trim(words: tuple[str, ...], asked: NDArray[np.int64]) -> tuple[str, ...]:
    """The words without what fills up the text behind the last."""
    from visualnet.training.observations.token_words import BLANK

    end = len(words)
    while end > int(asked.max()) + 1 and words[end - 1] == BLANK:
        end -= 1
    return words[:end]
