"""What the person has typed and chosen, and what is asked of the network for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from visualnet.core.text.hidden_characters import clean
from visualnet.training.observations.observation import NETWORK, ObservationRequest, Result
from visualnet.training.prediction.written_text import LONGEST_TYPED, WrittenText, options_of

AHEAD = 8
"""So many words a beam search looks ahead, where a text is gone on with."""
WHOLE = 128
"""At most so many words has a translation."""


@dataclass(frozen=True)
class WritingState:
    """A text and how it is answered. ``taken`` are the tokens that stand (chosen by hand, or written on to), ``by_hand`` the places of
    those that a person chose. ``translates``: the answer is a whole, not the next word of the text itself."""

    translates: bool
    typed: str = ""
    choosing: tuple[tuple[str, Any], ...] = (("way", "greedy"),)
    taken: tuple[int, ...] = ()
    by_hand: frozenset[int] = frozenset()

    def retyped(self, words: str) -> WritingState:
        """Another text: nothing is written of it yet."""
        cleaned = clean(words, lines=True).encode("utf-8", "ignore")[:LONGEST_TYPED].decode("utf-8", "ignore")
        return replace(self, typed=cleaned, taken=(), by_hand=frozenset())

    def chosen(self, values: Mapping[str, Any]) -> WritingState:
        """Tokens are chosen otherwise."""
        return replace(self, choosing=tuple(values.items()))

    def with_word(self, result: Result, place: int, token: int) -> WritingState:
        """This token at a place of what was written: what stood before it stays, what stood behind is written anew."""
        before = tuple(result.arrays["tokens"].tolist()[:place])
        kept = frozenset(at for at in self.by_hand if at < place)
        return replace(self, taken=(*before, token), by_hand=kept | {place})

    def with_text(self, tokens: str) -> WritingState:
        """A whole text, by the numbers of its tokens."""
        return replace(self, taken=tuple(map(int, tokens.split())), by_hand=frozenset())

    def stepped(self, result: Result) -> WritingState:
        """With the next word of what was written; the same where there is none."""
        tokens = result.arrays["tokens"].tolist()
        return replace(self, taken=tuple(tokens[: len(self.taken) + 1]))

    @property
    def request(self) -> ObservationRequest:
        """What is asked of the network."""
        choosing = dict(self.choosing)
        ahead = AHEAD if choosing["way"] == "beam" else 1
        most = WHOLE if self.translates else len(self.taken) + ahead
        forced = " ".join(map(str, self.taken))
        return WrittenText.request(NETWORK, options_of(typed=self.typed, most=most, forced=forced, **choosing))
