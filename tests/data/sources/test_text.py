"""Texts in files: what is found, what is left out and why, and that each text is fetched as it stands there."""

from __future__ import annotations

import csv
import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualnet.core.errors import Cancelled
from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.samples import BrokenSample
from visualnet.data.sources.registry import SOURCES, guess_sources
from visualnet.data.sources.source import SourceScan, make_source

REVIEWS = [
    ("a fine film, really", "good"),
    ("dull and long", "bad"),
    ("she said “no”\nand left", "bad"),
    ("warm", "good"),
]


def look(path: Path, **options) -> tuple[DataChoice, SourceScan]:
    return choose("text", path, options)


def texts_of(choice: DataChoice) -> list[str]:
    samples = make_source(choice).open()
    assert samples.size == choice.facts.size
    found = samples.fetch(np.arange(samples.size), ("text",))["text"]
    assert all(codes.dtype == np.int64 for codes in found)
    assert [samples.words(at) for at in range(samples.size)] == ["".join(map(chr, codes)) for codes in found]
    return [samples.words(at) for at in range(samples.size)]


def labels_of(choice: DataChoice) -> list[str]:
    return [choice.facts.classes[at] for at in make_source(choice).open().column("label")]


def write_csv(path: Path, rows, encoding="utf-8", **dialect) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, **dialect).writerows(rows)
    return path


def words_of(found: SourceScan) -> str:
    return "\n".join(f"{f.severity} {f.file}:{f.line} {f.words}" for f in found.findings)


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_a_table_of_texts_in_any_dialect(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [("id", "review", "sentiment"), *((at, *review) for at, review in enumerate(REVIEWS * 3))]
    choice, found = look(write_csv(tmp_path / "reviews.csv", rows, encoding, delimiter=delimiter))
    assert texts_of(choice) == [text for text, _ in REVIEWS * 3]
    assert labels_of(choice) == [label for _, label in REVIEWS * 3]
    assert choice.facts.classes == ("bad", "good")
    assert choice.facts.fields["text"].shape == (0,)
    samples = make_source(choice).open()
    assert samples.describe(3) == "reviews.csv, line 6"  # a text before it goes over two lines
    assert [f.severity for f in found.findings] == (["hint"] if encoding == "cp1252" else [])
    if encoding == "cp1252":
        assert "reviews.csv:4 the text is not in UTF-8" in words_of(found)


def test_a_table_without_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "messages.tsv"
    path.write_text(
        'ham\tGo until jurong "point, crazy\nspam\tFree entry, win £\nham\tOk lar\nham\t"U dun" say so\n', "utf-8"
    )
    choice, found = look(path)
    assert texts_of(choice) == ['Go until jurong "point, crazy', "Free entry, win £", "Ok lar", '"U dun" say so']
    assert choice.facts.classes == ("ham", "spam")
    assert "class “spam” has one sample" in words_of(found)
    assert found.findings[0].samples == (1,)
    assert choice.facts.extra["dialect"] == {
        "delimiter": "\t", "quotes": False, "header": False, "text": "column_2", "label": "column_1", "encoding": "utf-8",
    }  # fmt: skip
    named, _ = look(path, text_column="column_1", label_column="-")
    assert texts_of(named) == ["ham", "spam", "ham", "ham"]
    assert make_source(named).open().column("label") is None
    assert "label" not in named.facts.fields


def test_what_is_no_sample_is_left_out_and_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(
        "text,label,author\nfirst one,a,x\nragged, row,a,x\n,a,x\n   ,b,y\nlast one,,z\nkept too,b,y\nshort,b\n"
        '"closed" badly,a,x\nkept as well,a,y\n"never closed,a,x\nbehind it,b,z\n',
        "utf-8",
    )  # fmt: skip
    choice, found = look(path)
    assert texts_of(choice) == ["first one", "kept too", "kept as well", "behind it"]
    assert labels_of(choice) == ["a", "b", "a", "b"]
    told = words_of(found)
    assert "texts.csv:3 line 3 was left out: it has 4 columns where 3 are wanted" in told
    assert "texts.csv:4 2 lines were left out (4, 5): its text is empty" in told
    assert "texts.csv:6 line 6 was left out: its label is missing" in told
    assert "texts.csv:8 line 8 was left out: it has 2 columns where 3" in told
    assert "texts.csv:9 line 9 was left out: something stands between a closing quotation mark" in told
    assert "texts.csv:11 line 11 was left out: a quotation mark is opened and never closed" in told
    assert choice.facts.columns == ("author",)
    assert make_source(choice).open().column("author").tolist() == ["x", "y", "y", "z"]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "has no rows"),
        ("text,label\n", {}, "a row of names and no other|has no column with texts"),
        ("text,label\n,a\n ,b\n", {"text_column": "text"}, "holds no text that can be used: 2 lines were left out"),
        ("a,b\n1,2\n3,4\n", {}, "has no column with texts .it has a, b.: name the column"),
        (
            "text,label\nso it,a\nis it,b\n",
            {"text_column": "body"},
            "no column “body” for the texts .there are “text”, “label”",
        ),
        ("text,label\nso it,a\nis it,b\n", {"label_column": "x"}, "no column “x” for the labels"),
        ("a\0b,c\n", {}, "is no text: there are zero bytes"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_words(tmp_path: Path, text: str, options, words: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=words):
        look(path, **options)


def test_an_encoding_that_is_chosen_and_wrong_is_named_with_its_line(tmp_path: Path) -> None:
    rows = [("text", "label"), ("one text", "a"), ("Größe und so", "b"), ("more of it", "a")]
    path = write_csv(tmp_path / "wrong.csv", rows, "latin-1")
    with pytest.raises(ValueError, match=r"wrong.csv”, line 3 is not in utf-8"):
        look(path, encoding="utf-8")
    assert texts_of(look(path, encoding="latin-1")[0])[1] == "Größe und so"
    japanese = write_csv(tmp_path / "jp.csv", [("text", "label"), ("東京 へ", "a"), ("大阪 へ", "b")], "shift_jis")
    assert texts_of(look(japanese, encoding="shift_jis")[0]) == ["東京 へ", "大阪 へ"]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=1).filter(str.strip),
            st.sampled_from("abc"),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_table_gives_its_texts_back(tmp_path: Path, rows, delimiter: str) -> None:
    path = write_csv(tmp_path / "any.csv", [("text", "label"), *rows], delimiter=delimiter, quoting=csv.QUOTE_ALL)
    name = {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]
    choice, found = look(path, delimiter=name, header="yes", text_column="text", label_column="label")
    assert texts_of(choice) == [text for text, _ in rows]
    assert labels_of(choice) == [label for _, label in rows]
    assert "left out" not in words_of(found)


# --- JSON lines -------------------------------------------------------------------------------------------------------


def test_json_lines_and_what_is_wrong_in_them(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        json.dumps({"headline": "a first story", "category": "sport", "year": 2001}),
        '{"headline": "cut off',
        json.dumps({"headline": "schöne Worte 🙂", "category": 3}),
        "",
        json.dumps(["no", "object"]),
        json.dumps({"headline": 17, "category": "sport"}),
        json.dumps({"headline": "no label here"}),
        json.dumps({"headline": "a list for it", "category": ["x"]}),
        json.dumps({"category": "sport"}),
        json.dumps({"headline": " ", "category": "sport"}),
        "[" * 5000,
        json.dumps({"headline": "the last one", "category": "sport", "year": 2001}),
    ]
    path.write_text("\n".join(lines), "utf-8")
    choice, found = look(path)
    assert texts_of(choice) == ["a first story", "schöne Worte 🙂", "the last one"]
    assert labels_of(choice) == ["sport", "3", "sport"]
    told = words_of(found)
    for words in (
        "news.jsonl:2 line 2 was left out: it is no JSON (invalid control character at character 22)",
        "line 5 was left out: it holds a list where an object is wanted",
        "line 6 was left out: “headline” is a number, not a text",
        "line 7 was left out: its label is missing",
        "line 8 was left out: its label is a list",
        "line 9 was left out: it has no “headline”",
        "line 10 was left out: its text is empty",
        "line 11 was left out: it is no JSON",
    ):
        assert words in told
    assert make_source(choice).open().describe(1) == "news.jsonl, line 3"
    assert make_source(choice).open().column("year").tolist() == ["2001", "", "2001"]


def test_what_is_no_json_lines_is_refused_with_words(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    for text, words in (
        ("[1, 2]\n", "holds no JSON lines"),
        ('{"a": 1}\n', "no member with texts .it has a."),
        ("", "holds no JSON"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=words):
            look(path)


# --- one long text ----------------------------------------------------------------------------------------------------


@given(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=8, max_size=200),
    st.integers(2, 7),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pieces_follow_each_other_and_lose_only_the_end(tmp_path: Path, text: str, piece: int) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(text.encode())
    choice, found = look(path, piece=piece)
    pieces = texts_of(choice)
    assert {len(one) for one in pieces} == {piece + 1}
    assert text.startswith("".join(pieces))
    rest = len(text) - len("".join(pieces))
    assert rest <= piece
    assert len(found.findings) == (rest > 0)
    if rest:
        assert "make no whole piece" in found.findings[0].words


def test_a_long_text_in_other_encodings_and_with_other_line_breaks(tmp_path: Path) -> None:
    text = "Zwölf Boxkämpfer\njagen Viktor\nquer über den Deich\n" * 3
    for encoding, brk in (("utf-8", "\r\n"), ("utf-16", "\n"), ("cp1252", "\n"), ("cp1252", "\r"), ("utf-8-sig", "\n")):
        path = tmp_path / f"{encoding}.txt"
        path.write_bytes(text.replace("\n", brk).encode(encoding))
        choice, _ = look(path, piece=10)
        assert "".join(texts_of(choice)) == text[: len(text) // 11 * 11]
    samples = make_source(choice).open()
    assert samples.describe(0).endswith("line 1, piece 1")
    steps = make_source(choice).propose(choice.facts)
    assert [(step.kind, dict(step.options)) for step in steps] == [
        ("tokenise", {"unit": "character", "vocabulary": 64, "length": 10, "next": True})
    ]


def test_a_text_shorter_than_a_piece_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("too short", "utf-8")
    with pytest.raises(ValueError, match=r"“short.txt” has 9 characters: too few for one piece of 129"):
        look(path)
    path.write_text("", "utf-8")
    with pytest.raises(ValueError, match=r"“short.txt” is empty"):
        look(path)


# --- documents --------------------------------------------------------------------------------------------------------


def write_documents(root: Path) -> Path:
    for name, text in {
        "pos/1.txt": b"a fine film",
        "pos/2.txt": "große Klasse".encode("cp1252"),
        "neg/1.txt": "dull\r\nand long".encode("utf-8-sig"),
        "neg/2.md": b"  \n",
        "neg/empty.txt": b"",
        "neg/binary.txt": b"a\0\0b\1",
        "neg/picture.pdf": b"%PDF",
        "lost.txt": b"in no class",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text)
    return root


def test_documents_in_folders(tmp_path: Path) -> None:
    root = write_documents(tmp_path / "films")
    (root / "pos" / "loop").symlink_to(root)
    os.mkfifo(root / "pos" / "pipe.txt")
    choice, found = look(root)
    assert choice.facts.classes == ("neg", "pos")
    told = words_of(found)
    assert "neg/binary.txt:0 it cannot be read: it is no text" in told
    assert "neg/2.md:0 there is no word in it" in told
    assert "neg/empty.txt:0 left out: the file is empty" in told
    assert "pos/pipe.txt:0 left out: it is a pipe, not a file" in told
    assert "1 link left out" in told
    assert "lost.txt:0 1 document left out: they lie beside the folders" in told
    assert "1 other file left out (1 .pdf)" in told
    samples = make_source(choice).open()
    places = [samples.describe(at) for at in range(samples.size)]
    assert places == ["neg/1.txt", "neg/2.md", "neg/binary.txt", "pos/1.txt", "pos/2.txt"]
    assert samples.column("label").tolist() == [0, 0, 0, 1, 1]
    assert [samples.words(at) for at in (0, 3, 4)] == ["dull\nand long", "a fine film", "große Klasse"]
    with pytest.raises(BrokenSample, match=r"“neg/binary.txt” cannot be read: it is no text") as broken:
        samples.fetch(np.array([0, 2]), ("text",))
    assert broken.value.sample == 2
    (root / "pos" / "1.txt").unlink()
    with pytest.raises(BrokenSample, match=r"pos/1\.txt"):
        samples.words(3)


def test_folders_for_the_parts_above_those_of_the_classes(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write_documents(tmp_path / "imdb" / part)
    choice, _ = look(tmp_path / "imdb")
    assert choice.facts.classes == ("neg", "pos")
    assert choice.facts.columns == ("part",)
    assert set(make_source(choice).open().column("part")) == {"train", "test"}


def test_documents_in_one_folder_have_no_label_and_teach_what_comes_next(tmp_path: Path) -> None:
    for at in range(3):
        (tmp_path / f"{at}.txt").write_text(f"story {at}", "utf-8")
    choice, _ = look(tmp_path)
    assert choice.facts.classes == ()
    assert choice.preparation[0].options["next"] is True
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(ValueError, match=r"holds no documents .*there are 1 \.pdf"):
        look(tmp_path / "x", layout="documents")


# --- all of them ------------------------------------------------------------------------------------------------------


def test_the_likeliest_layout_is_guessed(tmp_path: Path) -> None:
    rows = [("text", "label"), *(("a longer text with many words in it", label) for label in "abab")]
    paths = {
        "table": write_csv(tmp_path / "t.csv", rows),
        "json_lines": tmp_path / "t.jsonl",
        "pieces": tmp_path / "t.txt",
        "documents": write_documents(tmp_path / "films"),
    }
    paths["json_lines"].write_text('{"text": "some words"}\n', "utf-8")
    paths["pieces"].write_text("Once upon a time, there was a line.\nAnd another, longer, one.\n", "utf-8")
    for layout, path in paths.items():
        kind, guess = next((k, g) for k, g in guess_sources(path) if k.name == "text")
        assert kind is SOURCES["text"]
        assert guess.options["layout"] == layout
        assert guess.score > 0.5
        choice, _ = choose("text", path, guess.options | ({"piece": 10} if layout == "pieces" else {}))
        assert choice.facts.size > 0
    assert not guess_sources(tmp_path / "picture.png")
    (tmp_path / "numbers.csv").write_text("a,b\n1,2\n3,4\n", "utf-8")
    assert next(g.score for k, g in guess_sources(tmp_path / "numbers.csv") if k.name == "text") < 0.2


def test_a_file_that_changed_is_not_taken_for_the_same(tmp_path: Path) -> None:
    rows = [("text", "label"), ("one text", "a"), ("two texts", "b")]
    path = write_csv(tmp_path / "t.csv", rows)
    choice, _ = look(path)
    write_csv(path, [*rows[:2], ("six texts", "b")])
    assert make_source(choice).open().fingerprint != choice.facts.fingerprint
    write_csv(path, [*rows, ("three texts", "b")])
    with pytest.raises(ValueError, match=r"“t.csv” has 3 samples now; 2 were there when it was looked through"):
        make_source(choice).open()
    write_csv(path, [*rows[:2], ("two texts", "c")])
    with pytest.raises(ValueError, match=r"the classes of “t.csv” are others now"):
        make_source(choice).open()
    path.unlink()
    with pytest.raises(ValueError, match="is not there any more"):
        make_source(choice).open()


def test_samples_are_fetched_by_many_threads_and_in_another_process(tmp_path: Path) -> None:
    rows = [("text", "label"), *((f"text number {at}, quoted", "ab"[at % 2]) for at in range(400))]
    choice, _ = look(write_csv(tmp_path / "t.csv", rows))
    samples = pickle.loads(pickle.dumps(make_source(choice).open()))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: samples.words(at), range(400)))
    assert found == [row[0] for row in rows[1:]]


def test_the_work_can_be_given_up(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", [("text", "label"), *(("some text", "ab"[at % 2]) for at in range(5000))])

    def stop(share: float) -> None:
        assert 0 <= share <= 1
        raise Cancelled

    with pytest.raises(Cancelled):
        choose("text", path, {}, stop)
