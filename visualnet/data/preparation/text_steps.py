"""Steps that change texts: to numbers of a vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.data.preparation.field_checks import get_field
from visualnet.data.preparation.step import Fitted, Specs, Step, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, field, flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visualnet.data.samples import Array, Batch

UNITS = {
    "character": "every character by itself",
    "word": "words in small letters, and punctuation marks, each by itself",
    "byte_pair": "frequent parts of words, down to single bytes: no text is unknown",
}
"""What a text is divided into."""
NOT_ASKED = -100
"""What stands in “next” where the text has ended: the number that losses and metrics ignore."""
NEXT = "next"
"""The field that holds what a language model is to predict."""


@step("tokenise", "Tokenise", "text", fits=True)
class Tokenise(Step):
    """Divide texts into characters, words or byte pairs and number them, by a vocabulary of the training part. 0 fills up short
    texts, 1 is what the vocabulary does not hold; what is too long is cut off."""

    field: str = field("text", "The texts.")
    unit: str = choice("word", "What a text is divided into.", UNITS)
    vocabulary: int = count(2000, "So many different tokens at most; rarer ones become unknown.", low=3, high=200_000)
    length: int = count(64, "So many tokens has each text behind the step.", high=65_536)
    next: bool = flag(
        False,
        "Give the same tokens one place further as “next”: what a language model learns to predict. Behind the end nothing is asked.",
    )

    def specs(self, fields: Specs) -> dict[str, Spec]:
        text = get_field(fields, self.field, 1, "a text", "int")
        if text.shape[0]:
            raise ValueError(
                f"“{self.field}” is {text.shape[0]} numbers already; a text that was not tokenised is wanted"
            )
        if self.unit == "byte_pair" and self.vocabulary < 258:
            raise ValueError(f"a vocabulary of {self.vocabulary} is too small for byte pairs: at least 258 are needed")
        if self.next and NEXT in fields and self.field != NEXT:
            raise ValueError(f"the data have a field “{NEXT}” already: switch “next” off")
        tokens = Spec((self.length,), ("T",), "int", classes=self.vocabulary)
        return {**fields, self.field: tokens, **({NEXT: tokens} if self.next else {})}

    def learn(self, batches: Iterable[Batch], fields: Specs) -> Fitted:
        from visualnet.data.tokens import fit_vocabulary, from_codes  # not at start-up: it computes

        texts = (from_codes(codes) for batch in batches for codes in batch[self.field])
        return fit_vocabulary(self.unit, texts, self.vocabulary).to_json()

    def spell(self, name: str, values: Array, fitted: Fitted) -> str:
        from visualnet.data.tokens import PAD

        names = self.token_names(name, fitted)
        return "·".join(names[number] for number in values.tolist() if number > PAD) if names else ""

    def token_names(self, name: str, fitted: Fitted) -> tuple[str, ...]:
        from visualnet.data.tokens import Vocabulary

        if name not in (self.field, NEXT if self.next else self.field):
            return ()
        return tuple(Vocabulary.from_json(fitted).names)

    def told(self) -> Mapping[str, str]:
        return {self.field: NEXT} if self.next else {}

    def encode_text(self, name: str, text: str, fitted: Fitted) -> Array | None:
        from visualnet.data.tokens import Vocabulary

        return Vocabulary.from_json(fitted).encode(text) if self.token_names(name, fitted) else None

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        import numpy as np

        from visualnet.data.tokens import PAD, Vocabulary, from_codes

        vocabulary = Vocabulary.from_json(fitted)
        texts = batch[self.field]
        tokens = np.full((len(texts), self.length), PAD, np.int64)
        after = np.full((len(texts), self.length), NOT_ASKED, np.int64)
        for at, codes in enumerate(texts):
            numbers = vocabulary.encode(from_codes(codes))[: self.length + 1]
            tokens[at, : len(numbers)] = numbers[: self.length]
            after[at, : max(0, len(numbers) - 1)] = numbers[1:]
        found: Batch = {**batch, self.field: tokens}
        if self.next:
            found[NEXT] = after
        return found
