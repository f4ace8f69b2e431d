"""Pairs of sentences of one's own: a table whose rows hold a text and its translation, for networks that read one and write the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from visualnet.core.project import DataFacts, FieldFacts
from visualnet.core.text.format import format_percent
from visualnet.data.samples import Samples
from visualnet.data.sources.source import Check, FileSource, Finding, Guess, SourceScan, source
from visualnet.data.sources.texts.formats import DELIMITERS, ENCODINGS, HEADERS
from visualnet.data.sources.texts.text import check_name
from visualnet.layers.declaration.params import choice, count, text

if TYPE_CHECKING:
    from visualnet.data.sources.texts.pair_rows import Pairs

SUFFIXES = (".csv", ".tsv", ".txt")
MOST_WORDS = 100_000
CHANGED = "look it through again on the data page"


@source("sentence_pairs", "Pairs of sentences", inputs="source written", suffixes=".csv .tsv .txt")
class SentencePairs(FileSource):
    """A table of sentences and their translations. ``written`` is the translation as far as it was told, ``translation`` what comes next.

    Words in small letters and punctuation marks become numbers of one vocabulary for both, counted over all rows.
    """

    texts: ClassVar[tuple[str, ...]] = ("source", "written", "translation")
    told: ClassVar[Mapping[str, str]] = {"written": "translation"}
    end_word: ClassVar[str] = "[end]"

    source_column: str = text("", "Column with the texts that are read; empty: it is guessed.", check_name)
    translation_column: str = text("", "Column with their translations; empty: it is guessed.", check_name)
    length: int = count(12, "Words in a text, with the mark behind it; longer pairs are left out.", low=2, high=512)
    words: int = count(
        2000,
        "So many numbers the vocabulary has at most, with four marks; rarer words are one, [unknown].",
        low=5,
        high=MOST_WORDS,
    )
    delimiter: str = choice("auto", "What stands between columns of a table.", DELIMITERS)
    header: str = choice("auto", "Whether a table begins with the names of its columns.", HEADERS)
    encoding: str = choice("auto", "How characters are written as bytes.", ENCODINGS)

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            return None
        from visualnet.data.sources.texts import guessing  # not at start-up: it reads

        columns = guessing.guess_pair_columns(path)
        if columns is None:
            return None
        return Guess(0.92, {}, f"pairs of sentences in the columns “{columns[0]}” and “{columns[1]}”")

    def look_through(self, check: Check) -> SourceScan:
        from visualnet.data.sources.texts.pair_rows import list_words

        self.check_place()
        pairs = self._read(check)
        words = list_words(pairs, self.words)
        known = set(words)
        told = [word for side in (pairs.source, pairs.translation) for row in side for word in row]
        unknown = sum(word not in known for word in told) / len(told)
        named = Finding(
            "hint",
            f"the vocabulary has {len(words):,} numbers: embeddings and scores of words need as many (in the templates the constant "
            f"“words”), and {self.length:,} places (“context”)",
            self.path.name,
        )
        field = FieldFacts(shape=(self.length,), axes=("T",), dtype="int", classes=len(words))
        facts = DataFacts(
            size=len(pairs.lines),
            fields=dict.fromkeys(self.texts, field),
            fingerprint=pairs.fingerprint,
            extra={"words": list(words)},
        )
        figures = (
            ("pairs", f"{len(pairs.lines):,}"),
            ("read", pairs.columns[0]),
            ("translation", pairs.columns[1]),
            ("vocabulary", f"{len(words):,}"),
            ("unknown words", format_percent(unknown, 1)),
            ("encoding", pairs.encoding),
        )
        return SourceScan(facts, (*pairs.findings, named), figures)

    def open(self) -> Samples:
        from visualnet.data.sources.texts.pair_rows import PairSamples, encode_pairs, list_words

        self.check_place()
        words, size = self.token_words(), self.known.size
        pairs = self._read(lambda share: None)
        if len(pairs.lines) != size:
            raise ValueError(
                f"“{self.path.name}” has {len(pairs.lines):,} pairs now; {size:,} were there when it was looked through: {CHANGED}"
            )
        if list_words(pairs, self.words) != words:
            raise ValueError(f"the words of “{self.path.name}” are others now: {CHANGED}")
        arrays = encode_pairs(pairs, words, self.length)
        return PairSamples(arrays, self.path.name, pairs.lines, pairs.fingerprint)

    def token_words(self) -> tuple[str, ...]:
        """What the numbers of the texts stand for, as it was found.

        Raises:
            ValueError: the project's file says something else; the words say what to do.
        """
        if self.facts is None:
            return ()
        raw = self.facts.extra.get("words")
        if not isinstance(raw, list | tuple) or len(raw) > MOST_WORDS or not all(isinstance(word, str) for word in raw):
            raise ValueError(f"the words that were found in “{self.path.name}” cannot be read: {CHANGED}")
        return tuple(raw)

    def _read(self, check: Check) -> Pairs:
        from visualnet.data.sources.texts.pair_rows import PairColumnChoices, read_pairs

        chosen = PairColumnChoices(
            self.source_column, self.translation_column, self.delimiter, self.header, self.encoding, self.length
        )
        try:
            return read_pairs(self.path, chosen, check)
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
