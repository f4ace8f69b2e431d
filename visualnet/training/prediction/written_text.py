"""The text that a network writes, as an observation: of the chosen sample, or of a text that a person typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.analysis import Analysis
from visualnet.core.project import DataChoice
from visualnet.data.preparation.registry import make_steps
from visualnet.data.registry import make_data_set
from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.figures.charts.marks import Chart
from visualnet.layers.declaration.params import choice, count, real, text
from visualnet.training.decoding.scores import NO_TEXT
from visualnet.training.decoding.search import MOST_BEAMS, WAYS, SamplingOptions
from visualnet.training.observations.observation import (
    NETWORK,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.context import ObservationContext

LONGEST_TYPED = 4_000


def read_forced(words: str) -> tuple[int, ...]:
    """Numbers of tokens, with blanks between them.

    Raises:
        ValueError: these are none.
    """
    try:
        return tuple(int(word) for word in words.split())
    except ValueError:
        raise ValueError(f"“{words}” are no numbers of tokens with blanks between them") from None


@observation("written_text", "Written text", "Sequences", about="network")
class WrittenText(Observation):
    """What the network writes, word by word, and how probable it takes each word to be: of the chosen sample, or of a typed text."""

    reading = (
        "A bar for each word that is written, as long as the network was sure of it: a short one is where another word was nearly as good. "
        "The panel Writing takes a text of your own, and shows the other words."
    )
    typed: str = text(
        "", "The text to go on from, or to translate; empty for the chosen sample.", check=str, longest=LONGEST_TYPED
    )
    way: str = choice("greedy", "How each token is chosen.", WAYS)
    temperature: float = real(1.0, "When drawing: below 1 the likely becomes likelier, 0 is greedy.", low=0, high=10)
    top_k: int = count(
        0, "When drawing: only so many of the most probable tokens stay in, 0 for all.", low=0, high=1_000_000
    )
    top_p: float = real(
        1.0, "When drawing: only the fewest tokens that hold this share together stay in.", low=0.001, high=1
    )
    width: int = count(4, "So many beginnings are followed by a beam search.", low=1, high=MOST_BEAMS)
    penalty: float = real(
        0.0, "How much long texts are made up for in a beam search: 0 not at all, 1 by about the mean.", low=0, high=2
    )
    seed: int = count(0, "Another seed draws other tokens.", low=0)
    most: int = count(24, "So many tokens are written at most; 0 only tells which may come next.", low=0, high=512)
    forced: str = text(
        "", "Numbers of tokens with which the answer has to begin.", check=read_forced, longest=LONGEST_TYPED
    )
    why_none = NO_TEXT

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        return [NETWORK] if count_texts(analysis) else []

    @property
    def choosing(self) -> SamplingOptions:
        """How tokens are chosen."""
        return SamplingOptions(self.way, self.temperature, self.top_k, self.top_p, self.width, self.penalty, self.seed)

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.prediction.writing import write_text

        return write_text(context, self.typed, self.choosing, self.most, read_forced(self.forced))

    def draw(self, result: Result, history: History) -> Chart:
        shares = np.exp(result.arrays["each"]).tolist()
        written = result.words["written"]
        if not written:
            shares, written = result.arrays["next"].tolist(), result.words["next"]
        names = tuple(f"{at + 1} {word}" for at, word in enumerate(written))
        return BarChart(names, (("", tuple(Bar(float(share)) for share in shares)),), "probability of each word")


def count_texts(analysis: Analysis) -> int:
    """How many texts a network reads that writes one: 1 where it goes on with the only one, 2 where it writes one of another; 0 where no
    input holds what is written so far."""
    told = told_fields(analysis.project.data)
    fields: dict[str, list[str]] = {"input": [], "target": []}
    for facts in analysis.main.nodes.values():
        spec = next(iter(facts.leaving.values()), None)
        is_text = spec is not None and spec.batched and spec.dtype == "int" and len(spec.shape) == 1
        if is_text and facts.layer is not None and facts.layer.role in fields:
            fields[facts.layer.role].append(str(facts.layer.values().get("field", "")))
    writes = any(told.get(name) in fields["target"] for name in fields["input"])
    return min(len(fields["input"]), 2) if writes else 0


def told_fields(choice: DataChoice) -> Mapping[str, str]:
    """The fields of these data that hold what another asks for, one place earlier; none where there are no such data."""
    try:
        found = dict(make_data_set(choice).told)
        for step in make_steps(choice.preparation):
            found |= step.told()
    except ValueError:
        return {}
    return found


def options_of(**values: Any) -> dict[str, Any]:
    """Settings of the observation, without those that are as usual."""
    return {name: value for name, value in values.items() if value != WrittenText.params[name].default}
