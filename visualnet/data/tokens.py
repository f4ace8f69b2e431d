"""Texts as numbers: a vocabulary of characters, words or byte pairs is built from some texts, and encodes and decodes others.

Number 0 fills up what is too short, 1 stands for what the vocabulary does not hold. Byte pairs (Gage 1994; Sennrich, Haddow and Birch
2016) begin with the 256 bytes of UTF-8, so that they hold every text: decoded, it is the same again.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]

PAD, UNKNOWN = 0, 1
FIRST = 2
"""The first number that stands for something of a text."""
FIRST_MERGE = FIRST + 256
"""The first number of a byte pair: those before it are the bytes."""
NOT_ASKED = -100
"""What stands in a target where nothing is asked: the number that losses and metrics ignore unless they are told another."""
AS_MASK, AS_OTHER = 0.8, 0.1
"""Of what is asked so much becomes the mask, and so much another token; the rest stays (Devlin et al. 2018, section 3.1)."""
UNITS = {
    "character": "every character by itself",
    "word": "words in small letters, and punctuation marks, each by itself",
    "byte_pair": "frequent parts of words, down to single bytes: no text is unknown",
}
"""What a text is divided into, and what that means."""

_WORDS = re.compile(r"\w+|[^\w\s]")
# A run has an end, so that a text without blanks is learned from in time too. Every character falls into one of the pieces.
_PIECES = re.compile(r" ?[^\W\d_]{1,32}| ?\d{1,32}| ?(?:[^\w\s]|_){1,32}|\s{1,32}(?!\S)|\s")
_KEPT_PIECES = 50_000
"""So many encoded pieces of words are kept by a vocabulary of byte pairs."""


def to_codes(text: str) -> Array:
    """A text as the code points of its characters: how samples hold it before it is tokenised."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)


def from_codes(codes: Array) -> str:
    """The text of these code points."""
    return np.asarray(codes).astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass")


class Vocabulary:
    """What the numbers of encoded texts stand for.

    ``entries`` are characters or words by falling frequency; of byte pairs the two numbers that each further one stands for, in the
    order in which they were joined.
    """

    def __init__(self, unit: str, entries: Sequence[Any]) -> None:
        """Raises ValueError for a unit that there is none of."""
        if unit not in UNITS:
            raise ValueError(_no_unit(unit))
        self.unit, self.entries = unit, tuple(entries)
        self._pieces: dict[str, list[int]] = {}

    @property
    def size(self) -> int:
        """How many numbers there are, those that pad and stand for the unknown among them."""
        return (FIRST_MERGE if self.unit == "byte_pair" else FIRST) + len(self.entries)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each number stands for, as people read it."""
        if self.unit == "byte_pair":
            return ("", "�", *(part.decode("utf-8", "replace") for part in self._bytes[FIRST:]))
        return ("", "�", *self.entries)

    def encode(self, text: str) -> Array:
        """The numbers of a text, as int64."""
        if self.unit == "character":
            return self._encode_characters(to_codes(text))
        if self.unit == "word":
            numbers = self._numbers
            return np.array([numbers.get(word, UNKNOWN) for word in split_words(text)], np.int64)
        return np.array([number for piece in _PIECES.findall(text) for number in self._encode_piece(piece)], np.int64)

    def decode(self, numbers: Iterable[int]) -> str:
        """The text that these numbers stand for; words with a blank between them, nothing for what pads, � for what is unknown.

        Raises:
            ValueError: a number is none of the vocabulary's.
        """
        wanted = [int(number) for number in numbers if number != PAD]
        for number in wanted:
            if not PAD < number < self.size:
                raise ValueError(f"{number} is no number of this vocabulary: they reach from 0 to {self.size - 1:,}")
        if self.unit != "byte_pair":
            return (" " if self.unit == "word" else "").join(self.names[number] for number in wanted)
        found = b"".join("�".encode() if number == UNKNOWN else self._bytes[number] for number in wanted)
        try:
            return found.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # a text that a network wrote may end within a character
            return found.decode("utf-8", "replace")

    def to_json(self) -> dict[str, Any]:
        """The vocabulary as plain values."""
        entries = [list(pair) for pair in self.entries] if self.unit == "byte_pair" else list(self.entries)
        return {"unit": self.unit, "entries": entries}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> Vocabulary:
        """The vocabulary that `to_json` gave; the last few are kept with what they have encoded.

        Raises:
            ValueError: it is none.
        """
        try:
            unit, entries = values["unit"], values["entries"]
            if unit == "byte_pair":
                return _kept_vocabulary(unit, tuple((int(a), int(b)) for a, b in entries))
            return _kept_vocabulary(unit, tuple(str(entry) for entry in entries))
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no vocabulary: {error}") from None

    @cached_property
    def _numbers(self) -> dict[Any, int]:
        return {entry: FIRST + at for at, entry in enumerate(self.entries)}

    @cached_property
    def _sorted_codes(self) -> tuple[Array, Array]:
        codes = to_codes("".join(self.entries))
        order = np.argsort(codes)
        return codes[order], order + FIRST

    def _encode_characters(self, codes: Array) -> Array:
        known, numbers = self._sorted_codes
        if not len(known):
            return np.full(len(codes), UNKNOWN, np.int64)
        at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
        return np.where(known[at] == codes, numbers[at], UNKNOWN).astype(np.int64)

    @cached_property
    def _bytes(self) -> list[bytes]:
        found = [b"", b"", *(bytes([value]) for value in range(256))]
        for at, (first, second) in enumerate(self.entries):
            if not (FIRST <= first < FIRST_MERGE + at and FIRST <= second < FIRST_MERGE + at):
                raise ValueError(f"pair {at} of the vocabulary joins what is not there yet")
            found.append(found[first] + found[second])
        return found

    @cached_property
    def _ranks(self) -> dict[Pair, int]:
        return {pair: FIRST_MERGE + at for at, pair in reversed(list(enumerate(self.entries)))}

    def _encode_piece(self, piece: str) -> list[int]:
        found = self._pieces.get(piece)
        if found is None:
            found = [FIRST + value for value in piece.encode("utf-8", "surrogatepass")]
            ranks = self._ranks
            while len(found) > 1:
                best = min((ranks.get(pair, self.size), pair) for pair in pairwise(found))
                if best[0] == self.size:
                    break
                found = _join(found, best[1], best[0])
            if len(self._pieces) < _KEPT_PIECES:
                self._pieces[piece] = found
        return found


def _no_unit(unit: str) -> str:
    return f"there is no unit of text “{unit}” (there are {', '.join(UNITS)})"


@lru_cache(maxsize=8)
def _kept_vocabulary(unit: str, entries: tuple[Any, ...]) -> Vocabulary:
    return Vocabulary(unit, entries)


def split_words(text: str) -> list[str]:
    """The words and punctuation marks of a text, in small letters."""
    return _WORDS.findall(text.lower())


def fit_vocabulary(
    unit: str, texts: Iterable[str], most: int, check: Callable[[float], None] = lambda share: None
) -> Vocabulary:
    """The vocabulary of these texts with at most so many numbers; what is frequent comes first, and ties fall alike everywhere.

    ``check`` is called while byte pairs are joined, with the share that is done; it may raise to end the work.

    Raises:
        ValueError: the unit is unknown, or there is no room for a single entry.
    """
    least = FIRST_MERGE if unit == "byte_pair" else FIRST + 1
    if unit not in UNITS:
        raise ValueError(_no_unit(unit))
    if most < least:
        raise ValueError(f"a vocabulary of {most:,} is too small for “{unit}”: at least {least} are needed")
    splits: Mapping[str, Callable[[str], Iterable[str]]] = {
        "character": iter,
        "word": split_words,
        "byte_pair": _PIECES.findall,
    }
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(splits[unit](text))
    if unit == "byte_pair":
        return Vocabulary(unit, _fit_pairs(counts, most - FIRST_MERGE, check))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Vocabulary(unit, [entry for entry, _ in ordered[: most - FIRST]])


def _fit_pairs(counts: Mapping[str, int], most: int, check: Callable[[float], None]) -> list[Pair]:
    """The most frequent pair is joined, again and again. Only the pieces that hold it are counted anew."""
    pieces = [[FIRST + value for value in piece.encode("utf-8", "surrogatepass")] for piece in counts]
    weights = list(counts.values())
    total: defaultdict[Pair, int] = defaultdict(int)
    holders: defaultdict[Pair, set[int]] = defaultdict(set)
    for at, piece in enumerate(pieces):
        for pair in pairwise(piece):
            total[pair] += weights[at]
            holders[pair].add(at)
    heap = [(-number, pair) for pair, number in total.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while heap and len(merges) < most:
        number, pair = heapq.heappop(heap)
        if -number < 2:  # what occurs once tells nothing of other texts
            break
        if -number != total[pair]:  # counted anew since: its present count is further down
            continue
        check(len(merges) / most)
        joined = FIRST_MERGE + len(merges)
        merges.append(pair)
        change: defaultdict[Pair, int] = defaultdict(int)
        for at in holders.pop(pair):
            before, weight = pieces[at], weights[at]
            after = _join(before, pair, joined)
            if len(after) == len(before):  # an earlier pair took what this piece held of it
                continue
            pieces[at] = after
            for two in pairwise(before):
                change[two] -= weight
            for two in pairwise(after):
                change[two] += weight
                if joined in two:
                    holders[two].add(at)
        for two, number in change.items():
            if number:
                total[two] += number
                heapq.heappush(heap, (-total[two], two))
    return merges


def _join(numbers: list[int], pair: Pair, joined: int) -> list[int]:
    """The numbers with each occurrence of the pair, from the left, replaced by one number."""
    found: list[int] = []
    at, last = 0, len(numbers) - 1
    while at <= last:
        if at < last and numbers[at] == pair[0] and numbers[at + 1] == pair[1]:
            found.append(joined)
            at += 2
        else:
            found.append(numbers[at])
            at += 1
    return found


def hide_tokens(
    row: Sequence[int],
    groups: Sequence[Sequence[int]],
    share: float,
    mask: int,
    others: Sequence[int],
    rng: np.random.Generator,
) -> tuple[list[int], list[int]]:
    """The tokens as they are shown, and at each place the token that is asked, −100 where none is.

    ``groups`` are places that are hidden together (the pieces of a word); of them a share is drawn, one at least where there is any.
    ``mask`` is the number that hides, ``others`` are those that a token may be replaced by.
    """
    shown, asked = list(map(int, row)), [NOT_ASKED] * len(row)
    wanted = max(round(share * len(groups)), 1)
    for chosen in rng.permutation(len(groups))[:wanted]:
        how = rng.random()
        for place in groups[int(chosen)]:
            asked[place] = row[place]
            if how < AS_MASK:
                shown[place] = mask
            elif how < AS_MASK + AS_OTHER:
                shown[place] = others[int(rng.integers(len(others)))]
    return shown, asked


def words_of(names: Sequence[str]) -> list[list[int]]:
    """The places of tokens with these names, those of a word together: a word is letters and digits that follow each other."""
    words: list[list[int]] = []
    ended = True
    for place, name in enumerate(names):
        if not name.strip():
            ended = True
            continue
        if ended or not name[0].isalnum():
            words.append([])
        words[-1].append(place)
        ended = not name[-1].isalnum()
    return words
