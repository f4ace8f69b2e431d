"""Tables in files: what is found in them, what is said of what is wrong with them, and the samples that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.tables.looking import FLOWERS, look, opened, words, write
from visualnet.core.project import Project
from visualnet.core.storage import data_places
from visualnet.core.storage.project_file import load as load_project
from visualnet.core.storage.project_file import save
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.data.sources.registry import guess_sources
from visualnet.data.table_files.cells import spell_word


def test_a_table_of_flowers_is_guessed_and_read(tmp_path: Path) -> None:
    path = write(tmp_path / "flowers.csv", FLOWERS)
    ((kind, guess), *_) = guess_sources(path)
    assert (kind.name, guess.words) == ("table", "a table of 6 columns")
    choice, found = look(path)
    assert found.facts.classes == ("iris", "rose")
    assert found.facts.columns == ("name", "length", "width", "colour", "day", "species")
    assert "“species” is taken as the target (2 classes)" in words(found, "hint")
    assert "column “name” left out: it is different in every row" in words(found, "hint")
    assert dict(found.figures)["Inputs"] == "length, width, colour, day"
    spec = make_data_set(choice).specs()["features"]
    assert [(c.name, c.categories, c.missing) for c in spec.columns] == [
        ("length", 0, False),
        ("width", 0, False),
        ("colour", 2, False),
        ("day", 0, False),
    ]
    assert [step.kind for step in choice.preparation] == ["one_hot"]
    samples = opened(choice)
    features, label = samples.arrays["features"], samples.arrays["label"]
    assert features.dtype == np.float32 and label.dtype == np.int64
    assert np.allclose(features[:3], [[0, 5, 1, 8826], [0.1, 4.857, 0, 8827], [0.2, 4.714, 1, 8828]])
    assert label[:4].tolist() == [1, 0, 1, 0]
    assert samples.describe(3) == "flowers.csv, line 5"
    colours, days = samples.column("colour"), samples.column("day")
    assert colours is not None and days is not None
    assert colours[:2].tolist() == ["red", "blue"] and days[1] - days[0] == 1
    assert samples.column("label") is label and samples.column("nothing") is None


def test_what_was_found_travels_with_the_project(tmp_path: Path) -> None:
    path = write(tmp_path / "flowers.csv", FLOWERS)
    choice, _ = look(path, month=True, weekday=True, hour=True)
    data_places.remember(str(path))
    save(tmp_path / "p.vnet", Project(data=choice))
    again = load_project(tmp_path / "p.vnet").data
    assert make_data_set(again).specs() == make_data_set(choice).specs()
    features = opened(again).arrays["features"]
    assert features.shape[1] == 7
    assert features[0, 3:].tolist() == [8826, 3, 4, 0]  # 1 March 2024 was a Friday


def test_words_of_any_kind_can_be_saved_as_classes(tmp_path: Path) -> None:
    words_of = ("two\nlines", "x\u202ey", "z" * 5000 + "1", "z" * 5000 + "2", "plain")
    lines = ["a,part,y", *(f'{n + 3},"{words_of[n % 4]}","{words_of[n % 5]}"' for n in range(20))]
    choice, found = look(write(tmp_path / "t.csv", lines))
    assert len(found.facts.classes) == 5 and max(map(len, found.facts.classes)) <= 80
    assert found.facts.classes[:3] == ("plain", "two lines", "x\\u202ey")
    save(tmp_path / "p.vnet", Project(data=choice))
    assert load_project(tmp_path / "p.vnet").data.facts == found.facts
    assert opened(choice).arrays["label"].tolist()[:5] == [
        1,
        2,
        *(found.facts.classes.index(c) for c in map(spell_word, words_of[2:4])),
        0,
    ]
    assert set(opened(choice).arrays["features"][:, 1]) == {0, 1, 2, 3}


def test_a_number_is_predicted_where_the_target_is_one(tmp_path: Path) -> None:
    lines = ["a,b,price,weight", *(f"{n + 3},{n * n % 17},{n * 1.5},{n / 3:.2f}" for n in range(30))]
    choice, found = look(write(tmp_path / "t.csv", lines))
    assert found.facts.fields["y"].shape == (1,) and "label" not in found.facts.fields
    assert "“weight” is taken as the target (a number)" in words(found)
    b = {"name": "b", "kind": "number", "role": "input", "missing": 0, "low": 0.0, "high": 16.0}
    assert found.facts.extra["table_columns"][1] == b
    both = look(tmp_path / "t.csv", target="price, weight")[0]
    assert opened(both).arrays["y"].shape == (30, 2)
    assert make_data_set(both).specs()["features"].shape == (2,)
    none = look(tmp_path / "t.csv", target="none")[0]
    assert set(opened(none).arrays) == {"features"}
    data = load(choice)
    assert data.fields["features"].shape == (3,) and data.mean["features"].shape == (1, 3)


def test_whole_numbers_are_classes_where_they_are_few_or_a_person_says_so(tmp_path: Path) -> None:
    lines = ["a,grade", *(f"{n / 7},{n % 3}" for n in range(30))]
    assert look(write(tmp_path / "t.csv", lines))[0].facts.classes == ("0", "1", "2")  # type: ignore[union-attr]
    many = ["a,n", *(f"{n / 7},{n % 25}" for n in range(100))]
    path = write(tmp_path / "m.csv", many)
    assert look(path)[1].facts.classes == ()
    choice, found = look(path, task="classes")
    assert len(found.facts.classes) == 25
    assert opened(choice).arrays["label"][:30].tolist() == [n % 25 for n in range(30)]
    assert look(path, category_columns="a", target="n")[1].facts.extra["table_columns"][0]["kind"] == "category"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [
        ["größe", "preis", "ort"],
        *([f"{n},5" if delimiter == ";" else f"{n}.5", str(n), f"köln {n % 3}"] for n in range(20)),
    ]
    path = write(tmp_path / "t.csv", [delimiter.join(row) for row in rows], encoding, "\r\n")
    choice, found = look(path)
    assert found.facts.columns == ("größe", "preis", "ort")
    assert found.facts.classes == ("köln 0", "köln 1", "köln 2")
    assert opened(choice).arrays["features"][:2].tolist() == [[0.5, 0], [1.5, 1]]


def test_a_late_letter_of_another_encoding_is_said_or_refused(tmp_path: Path) -> None:
    lines = ["a,b", *(f"{n},{'xy'[n % 2] * 60}" for n in range(6_000))]
    path = tmp_path / "t.csv"
    path.write_bytes("\n".join(lines).encode() + "\n1,Öl\n2,Öl".encode("cp1252"))
    choice, found = look(path)
    assert "not UTF-8 from line" in words(found, "warning") and "read as Windows-1252" in words(found, "warning")
    assert found.facts.classes == ("x" * 60, "y" * 60, "Öl")
    assert len(opened(choice).arrays["label"]) == 6_002
    with pytest.raises(ValueError, match="not UTF-8 from line"):
        look(path, encoding="utf-8")


def test_numbers_in_either_notation_with_thousands(tmp_path: Path) -> None:
    german = ["a;b;y", *(f"1.{n:03d},5;{n},25;{n % 2}" for n in range(100, 130))]
    choice, found = look(write(tmp_path / "g.csv", german))
    assert opened(choice).arrays["features"][0].tolist() == [1100.5, 100.25]
    assert "“a” were read with separators of thousands" in words(found)
    english = ["a;b;y", *(f"1,{n},000;{n}.25;{n % 2}" for n in range(100, 130))]
    assert opened(look(write(tmp_path / "e.csv", english))[0]).arrays["features"][0].tolist() == [1_100_000, 100.25]
    swiss = ["a;y", *(f"1’{n}.5;{n % 2}" for n in range(100, 130))]
    assert opened(look(write(tmp_path / "s.csv", swiss))[0]).arrays["features"][0].tolist() == [1100.5]


def test_odd_missing_and_infinite_cells_are_listed_and_become_missing(tmp_path: Path) -> None:
    lines = ["a,b,y", *(f"{n},{n / 3:.2f},{n % 2}" for n in range(40))]
    lines[4], lines[6], lines[8], lines[10], lines[20] = "NA,1,0", "inf,1,0", "broken,1,0", "nan,1,1", "1_000,1,1"
    lines[12] = "3,1,"
    choice, found = look(write(tmp_path / "t.csv", lines))
    assert "2 cells of “a” not a number (“broken”), taken as missing: lines 9 and 21" in words(found, "warning")
    assert "1 cell of “a” infinite, taken as missing: line 7" in words(found, "warning")
    assert "2 cells of “a” missing: lines 5 and 11" in words(found, "hint")
    assert "1 row without a target left out: line 13" in words(found, "warning")
    assert {f.file for f in found.findings} == {"t.csv"}
    assert found.facts.size == 39
    features = opened(choice).arrays["features"]
    assert np.flatnonzero(np.isnan(features[:, 0])).tolist() == [3, 5, 7, 9, 18]
    assert [step.kind for step in choice.preparation] == ["fill_missing"]
    assert make_data_set(choice).specs()["features"].columns[0].missing
    full, said = look(tmp_path / "t.csv", missing="leave_out")
    assert "5 rows that lack an input left out: lines 5, 7, 9, 11 and 21" in words(said, "warning")
    assert full.preparation == () and not np.isnan(opened(full).arrays["features"]).any()
    # The line of a sample is its own though rows before it were left out.
    assert opened(full).describe(4) == "t.csv, line 8"


def test_ragged_rows_and_quoted_line_breaks_keep_their_lines(tmp_path: Path) -> None:
    lines = ["a,b,y", '1,"two', 'lines",x', "2,3", "", "4,5,y", "6,7,8,9", '7,"a ""b"", c",x', "8,5,y"]
    choice, found = look(write(tmp_path / "t.csv", lines))
    (ragged,) = [f for f in found.findings if "without 3 cells" in f.words]
    assert (ragged.words, ragged.line) == ("2 rows without 3 cells: lines 4 and 7; left out", 4)
    assert "1 blank line passed over" in words(found)
    samples = opened(choice)
    assert [samples.describe(n) for n in range(4)] == [f"t.csv, line {n}" for n in (2, 6, 8, 9)]
    assert found.facts.extra["table_columns"][1]["values"] == ["5", 'a "b", c', "two lines"]
    with pytest.raises(ValueError, match=r"“t.csv”: 2 rows without 3 cells: lines 4 and 7"):
        look(tmp_path / "t.csv", ragged="refuse")


def test_a_quotation_mark_that_is_not_closed_is_told(tmp_path: Path) -> None:
    lines = ["a,b,y", *(f"{n},word {n % 3},{n % 2}" for n in range(20))]
    lines[15] = '3,"word 1,1'
    found = look(write(tmp_path / "t.csv", lines))[1]
    (said,) = [f for f in found.findings if "quotation mark" in f.words]
    assert (said.severity, said.line) == ("warning", 16)
    assert found.facts.size == 14
    lines[15] = '3,"word\n1",1'
    assert "quotation mark" not in words(look(write(tmp_path / "t.csv", lines))[1])


def test_names_of_columns_are_made_different_and_are_free_of_hidden_characters(tmp_path: Path) -> None:
    lines = ["a,a,,na\u202eme,y", *(f"{n},{n + 1},{n + 2},{n * 3 % 7},{n % 2}" for n in range(12))]
    found = look(write(tmp_path / "t.csv", lines))[1]
    assert found.facts.columns == ("a", "a (2)", "column 3", "name", "y")
    assert "two columns are called “a”: the later one is “a (2)” here" in words(found, "warning")
    bare = look(write(tmp_path / "b.csv", lines[1:]))[1]
    assert bare.facts.columns == tuple(f"column {n}" for n in range(1, 6)) and bare.facts.size == 12
    assert look(tmp_path / "b.csv", header="yes")[1].facts.size == 11


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", {}, "“t.csv” is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", {}, "is empty"),
        (b"a,b,y\n", {}, "a header and no rows"),
        (b"a,b,y\n1,2\n3,4\n", {"header": "yes"}, "“t.csv” has a header|without 3 cells"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\1\2\3\4" * 9, {}, "is no text"),
        (b"a,b\nx,1\ny,2\n", {"target": "c"}, "no column “c”; there are a, b"),
        (b"length,b\n1,x\n2,y\n", {"target": "lenght"}, "did you mean “length”"),
        (b"a,b\nx,1\nx,2\n", {"target": "b"}, "no column is left"),
        (b"a,b\n1,x\n2,y\n", {"task": "number"}, "holds words, no numbers"),
        (b"a,b,c\n1,x,u\n2,y,v\n", {"target": "b,c", "task": "classes"}, "name one alone"),
        (b'a,b\n1,"x\n' + b"2,y\n" * 60_000, {}, "line 2.*quotation mark"),
        (b"a\xff,b\n1,x\n", {"encoding": "utf-8"}, "line 1, is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    tmp_path: Path, content: bytes, options: dict[str, Any], said: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said):
        look(path, **options)


def test_targets_that_tell_little_are_said(tmp_path: Path) -> None:
    same = look(write(tmp_path / "same.csv", ["a,label", *(f"{n},x" for n in range(9))]))[1]
    assert "“label” is “x” in all rows" in words(same, "error")
    lone = look(write(tmp_path / "lone.csv", ["a,label", *(f"{n},x" for n in range(9)), "1,y", "2,z"]))[1]
    assert "2 classes of “label” with one sample alone, which cannot be in two parts: “y”, “z”" in words(
        lone, "warning"
    )
    one = look(write(tmp_path / "one.csv", ["a", *map(str, range(3, 99, 7))]))[1]
    assert "no column was found that a network could be asked for" in words(one, "warning")
    assert one.facts.fields["features"].shape == (1,) and one.facts.size == 14
    wrong = look(tmp_path / "lone.csv", delimiter="tab", header="no")[1]
    assert "with “comma” there are 2" in words(wrong, "warning")


@pytest.mark.wide
def test_ten_thousand_classes_and_ten_thousand_columns(tmp_path: Path) -> None:
    choice, found = look(write(tmp_path / "k.csv", ["a,label", *(f"{n},class {n % 10_000}" for n in range(20_000))]))
    assert len(found.facts.classes) == 10_000 and "has 10,000 classes, 2.0 samples each" in words(found)
    assert opened(choice).arrays["label"].max() == 9_999
    wide = [
        ",".join(f"c{n}" for n in range(10_000)),
        *(",".join(str((n + r) % 9) for n in range(10_000)) for r in range(12)),
    ]
    choice, found = look(write(tmp_path / "w.csv", wide))
    assert opened(choice).arrays["features"].shape == (12, 9_999)


def test_columns_that_tell_nothing_are_left_out_unless_they_are_named(tmp_path: Path) -> None:
    lines = ["user_id,a,fixed,void,note,acid,y", *(f"{n + 7},{n % 5},same,,text {n},{n},{n % 2}" for n in range(30))]
    path = write(tmp_path / "t.csv", lines)
    found = look(path)[1]
    assert dict(found.figures)["Left out"] == "user_id, fixed, void, note"
    assert "2 columns “user_id”, “note” left out: it is different in every row" in words(found)
    assert "it is the same in all rows" in words(found) and "it is empty" in words(found)
    numbers = opened(look(path)[0]).column("user_id")
    assert numbers is not None and numbers.dtype == np.float64
    named = look(path, input_columns='user_id, "a"')[0]
    assert [c.name for c in make_data_set(named).specs()["features"].columns] == ["user_id", "a"]
    ignored = look(path, ignored_columns="acid")[1]
    assert dict(ignored.figures)["Inputs"] == "a"


def test_the_order_of_day_and_month_is_told_by_other_dates(tmp_path: Path) -> None:
    def first(lines: list[str], **options: str) -> float:
        choice, found = look(write(tmp_path / "t.csv", ["day,a,y", *lines]), **options)
        said.append(words(found))
        return float(opened(choice).arrays["features"][0, 0])

    said: list[str] = []
    plain = [f"0{n % 9 + 1}/02/2024,{n},{n % 2}" for n in range(9)]
    assert first([*plain, "13/02/2024,1,1"]) == 8797  # 1 February
    assert first([*plain, "02/13/2024,1,1"]) == 8767  # 2 January
    assert "day or with the month first" not in said[0] + said[1]
    assert first(plain) == 8797 and "day or with the month first" in said[2]
    assert first(plain, date_order="month") == 8767
