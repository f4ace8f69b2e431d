"""Sentences and their translations in a table: columns guessed, words numbered, and a Transformer that learns from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.generators.translation import make_pair
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.data.sources.registry import guess_sources
from visualnet.data.sources.texts.pair_rows import BEGIN, END, MARKS, PAD, UNKNOWN, Pairs, encode_pairs, list_words
from visualnet.data.tokens import NOT_ASKED
from visualnet.resources import resource
from visualnet.training.events import EpochDone
from visualnet.training.loop.session import Session

WORDS = st.lists(st.sampled_from(["der", "die", "das", "hund", "katze", "sieht", "."]), min_size=1, max_size=6)


def pairs_of(rows: list[tuple[list[str], list[str]]]) -> Pairs:
    """Pairs as a table gave them."""
    source, translation = ([row[side] for row in rows] for side in (0, 1))
    return Pairs(source, translation, list(range(len(rows))), ("a", "b"), (), "", "utf-8")


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8), st.integers(5, 12))
def test_numbers_are_words_again_and_what_is_written_is_one_place_behind(
    rows: list[tuple[list[str], list[str]]], most: int
) -> None:
    pairs = pairs_of(rows)
    words = list_words(pairs, most)
    assert len(words) <= most and words[: len(MARKS)] == MARKS and len(set(words)) == len(words)
    assert words == list_words(pairs_of(rows[::-1]), most), "the order of the rows does not matter"
    found = encode_pairs(pairs, words, 8)
    for row, (read, told) in enumerate(rows):
        known = [word if word in words else "[unknown]" for word in read]
        assert [words[at] for at in found["source"][row] if at != PAD] == known
        asked = found["translation"][row]
        end = len(told)
        assert asked[end] == END and (asked[end + 1 :] == NOT_ASKED).all()
        assert found["written"][row, 0] == BEGIN and np.array_equal(found["written"][row, 1 : end + 1], asked[:end])
        assert [word in words for word in told] == [at != UNKNOWN for at in asked[:end].tolist()]


def test_two_columns_of_sentences_are_found_and_what_is_too_long_is_left_out_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "deu.tsv"
    lines = [
        "Go now!\tGeh jetzt!\tCC-BY 1",
        f"a b\t{'wort ' * 30}\tCC-BY 2",
        "I can see.\t\tCC-BY 3",
        "I see it.\tIch sehe es.\t4",
    ]
    path.write_text("\n".join(lines), "utf-8")
    assert guess_sources(path)[0][0].name == "sentence_pairs"
    chosen, found = choose("sentence_pairs", path, {})
    assert chosen.facts is not None and chosen.facts.size == 2
    words = " ".join(finding.words for finding in found.findings)
    assert (
        "line 2 was left out: a text has more than 11 words" in words
        and "line 3 was left out: a text is empty" in words
    )
    data = make_data_set(chosen)
    assert data.token_words()[:4] == MARKS and {"go", "!", "sehe"} <= set(data.token_words())
    assert data.open().describe(1) == "deu.tsv, line 4"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "no rows"),
        ("one,1\ntwo,2\nthree,3", {}, "no two columns with sentences"),
        ("a b\tc d\ne f\tg h", {"source_column": "english"}, "no column “english”"),
        ("a b\tc d\ne f\tg h", {"source_column": "column_1", "translation_column": "column_1"}, "its own translation"),
        ("a b c\td e f\ng h i\tj k l", {"length": 2}, "no pair of sentences that can be used"),
    ],
)
def test_what_holds_no_pairs_is_refused_in_words(
    text: str, options: dict[str, str | int], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=words):
        choose("sentence_pairs", path, options)


def test_a_table_that_has_changed_is_not_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("a b\tc d\ne f\tg h", "utf-8")
    chosen, _ = choose("sentence_pairs", path, {})
    path.write_text("a b\tc d\ne f\tg i", "utf-8")
    with pytest.raises(ValueError, match="are others now"):
        make_data_set(chosen).open()  # type: ignore[attr-defined]
    path.write_text("a b\tc d", "utf-8")
    with pytest.raises(ValueError, match="1 pairs now; 2 were there"):
        make_data_set(chosen).open()  # type: ignore[attr-defined]
    assert chosen.facts is not None
    spoilt = replace(chosen, facts=replace(chosen.facts, extra={"words": [1]}))
    with pytest.raises(ValueError, match="cannot be read"):
        make_data_set(spoilt).token_words()


@pytest.mark.wide
def test_the_translation_template_learns_from_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "pairs.csv"
    rows = [f'"{" ".join(english)}","{" ".join(german)}"' for english, german in (make_pair(rng) for _ in range(400))]
    path.write_text("\n".join(["english,german", *rows]), "utf-8")
    chosen, _ = choose("sentence_pairs", path, {})
    project = edits.choose_data(project_file.load(resource("templates", "translation.vnet")), chosen)
    words = len(make_data_set(chosen).token_words())
    project = edits.set_constants(project, {**project.constants, "words": words})
    project = edits.set_recipe(project, epochs=12, batch_size=32, device="cpu")
    data = load(project.data)
    analysis = infer(project, None, data.fields)
    assert not analysis.errors(), [problem.words for problem in analysis.errors()]
    told: list[EpochDone] = []
    torch.manual_seed(0)
    Session(project, data, lambda event: told.append(event) if isinstance(event, EpochDone) else None).run()
    first, last = (told[at].validation["loss"] for at in (0, -1))
    assert last < 0.6 * first and last < np.log(words) / 2, "far below guessing among all words"
    assert compile_project(project, analysis).fields == ("source", "written", "translation")
