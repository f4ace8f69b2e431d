"""Steps that change texts: to numbers of a vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.data.preparation.field_checks import get_field
from visualnet.data.preparation.step import Fitted, Specs, Step, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, field, flag, real

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visualnet.data.samples import Array, Batch
    from visualnet.data.tokens import Vocabulary

UNITS = {
    "character": "every character by itself",
    "word": "words in small letters, and punctuation marks, each by itself",
    "byte_pair": "frequent parts of words, down to single bytes: no text is unknown",
}
"""What a text is divided into."""
NOT_ASKED = -100
"""What stands in “next” and “masked” where nothing is asked: the number that losses and metrics ignore."""
NEXT = "next"
"""The field that holds what a language model is to predict."""
MASKED = "masked"
"""The field that holds the tokens that were hidden."""
MASK = "[mask]"
"""How people read and write the token that hides another."""
HIDING = {
    "nothing": "nothing is hidden",
    "token": "each token by itself",
    "word": "all tokens of a word together",
}
"""What is hidden at once."""


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

    hide: str = choice(
        "nothing",
        "Hide some tokens, and give them as “masked”: what BERT learns to fill in. Of those 80 % are a mask, 10 % are another token and "
        "10 % stay; everywhere else nothing is asked.",
        HIDING,
    )
    share: float = real(0.15, "Which share is hidden (one at least), where something is.", low=0, high=1, more=True)

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
        if self._hides and self.next:
            raise ValueError("what follows and what is hidden cannot both be asked: switch “next” off, or hide nothing")
        if self._hides and MASKED in fields and self.field != MASKED:
            raise ValueError(f"the data have a field “{MASKED}” already: hide nothing")
        tokens = Spec((self.length,), ("T",), "int", classes=self.vocabulary + self._hides)
        return {**fields, self.field: tokens, **dict.fromkeys(self._targets, tokens)}

    @property
    def _hides(self) -> bool:
        return self.hide != "nothing"

    @property
    def _targets(self) -> tuple[str, ...]:
        """The fields of tokens that come along."""
        return (*([NEXT] if self.next else []), *([MASKED] if self._hides else []))

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

        if name not in (self.field, *self._targets):
            return ()
        names = Vocabulary.from_json(fitted).names
        # The mask has the number behind the largest vocabulary, also where the texts have fewer tokens.
        return (*names, *[""] * (self.vocabulary - len(names)), MASK) if self._hides else tuple(names)

    def told(self) -> Mapping[str, str]:
        return {self.field: NEXT} if self.next else {}

    def encode_text(self, name: str, text: str, fitted: Fitted) -> Array | None:
        from visualnet.data.tokens import Vocabulary

        if not self.token_names(name, fitted):
            return None
        import numpy as np

        vocabulary = Vocabulary.from_json(fitted)
        found = [vocabulary.encode(part) for part in (text.split(MASK) if self._hides else [text])]
        hidden = np.array([self.vocabulary], np.int64)
        return np.concatenate([found[0], *(part for each in found[1:] for part in (hidden, each))])

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
        if self._hides:
            found[self.field], found[MASKED] = self._hide(tokens, vocabulary)
        return found

    def _hide(self, tokens: Array, vocabulary: Vocabulary) -> tuple[Array, Array]:
        """Tokens (sample, place) with some hidden, and those. What is hidden of a text depends on the text alone."""
        import zlib

        import numpy as np

        from visualnet.data.tokens import FIRST, PAD, hide_tokens, words_of

        shown, asked = tokens.copy(), np.full_like(tokens, NOT_ASKED)
        others = range(FIRST, max(vocabulary.size, FIRST + 1))
        for at, row in enumerate(tokens):
            known = row[row != PAD]
            names = [vocabulary.names[number] for number in known]
            groups = (
                words_of(names) if self.hide == "word" and self.unit != "word" else [[i] for i in range(len(known))]
            )
            rng = np.random.default_rng(zlib.crc32(known.tobytes()))
            hidden, wanted = hide_tokens(known.tolist(), groups, self.share, self.vocabulary, others, rng)
            shown[at, : len(known)], asked[at, : len(known)] = hidden, wanted
        return shown, asked
