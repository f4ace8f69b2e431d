"""What a person typed as the tokens of a field, and tokens as text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from visualnet.core.text.format import format_quantity
from visualnet.data.loading import Loaded
from visualnet.data.preparation.registry import STEPS
from visualnet.data.registry import make_data_set

_PIECES = re.compile(r"\[\w+\]|\w+|[^\w\s]")
MOST_NAMED = 5


class EncodedText(NamedTuple):
    """A text as numbers; ``unknown`` are the words of it that the vocabulary does not hold, which are left out of the numbers."""

    numbers: tuple[int, ...]
    unknown: tuple[str, ...] = ()


class TokenText:
    """How the numbers of a field of the data are read and spelled. ``names`` are what they stand for; a field whose numbers have no names
    is read as numbers."""

    def __init__(self, data: Loaded, field: str, count: int) -> None:
        """``count``: how many different numbers the network tells apart."""
        self.names: tuple[str, ...] = ()
        self._step, self._fitted, self._field = None, None, field
        if data.preparation is not None:
            for step, fitted in zip(reversed(data.preparation.steps), reversed(data.preparation.fitted), strict=True):
                made = STEPS[step.kind](step.options)
                self.names = made.token_names(field, fitted)
                if self.names:
                    self._step, self._fitted = made, fitted
                    break
        self.names = self.names or make_data_set(data.choice).words_of(field) or tuple(map(str, range(count)))
        self._numbers = {name: at for at, name in reversed(list(enumerate(self.names))) if name}
        self.by_letters = " " in self._numbers or (
            self._step is not None and "unit" in vars(self._step) and vars(self._step)["unit"] == "character"
        )

    def read(self, text: str) -> EncodedText:
        """The numbers of a text."""
        if self._step is not None and self._fitted is not None:
            numbers = self._step.encode_text(self._field, text, self._fitted)
            if numbers is not None:
                return EncodedText(tuple(map(int, numbers)))
        pieces = list(text.lower()) if self.by_letters else _PIECES.findall(text.lower())
        known = [self._numbers[piece] for piece in pieces if piece in self._numbers]
        return EncodedText(tuple(known), tuple(dict.fromkeys(piece for piece in pieces if piece not in self._numbers)))

    def spell(self, numbers: Iterable[int]) -> str:
        """The text of these numbers, without what fills up; marks in brackets are left out."""
        words = [self.name(number) for number in numbers]
        kept = [word for word in words if word and not (len(word) > 2 and word[0] == "[" and word[-1] == "]")]
        if self.by_letters:
            return "".join(kept)
        return re.sub(r" ([.,;:!?])", r"\1", " ".join(kept))

    def name(self, number: int) -> str:
        """What a number stands for."""
        return self.names[number] if 0 <= number < len(self.names) else str(number)

    def tell_unknown(self, words: Sequence[str]) -> str:
        """The sentence that says which words are not known, and which ones that are look like them."""
        if not words:
            return ""
        named = ", ".join(f"“{word}”" for word in words[:MOST_NAMED])
        more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
        near = [close[0] for word in words[:MOST_NAMED] if (close := difflib.get_close_matches(word, self._numbers, 1))]
        hint = f" Did you mean {', '.join(f'“{word}”' for word in near)}?" if near else ""
        many = "is no word" if len(words) == 1 else "are no words"
        count = format_quantity(len(self._numbers), "word")
        return f"{named}{more} {many} of this network, which knows {count}.{hint}"
