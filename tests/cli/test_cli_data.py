"""`visualnet data` tells what a file or folder holds, and `visualnet new --data` begins with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.data.pictures_source import KIND, PictureFolder, write_pictures
from visualnet.cli.common import FINE, UNUSABLE
from visualnet.cli.main import main
from visualnet.core.storage import project_file
from visualnet.data.sources.source import SOURCES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(SOURCES):
        monkeypatch.delitem(SOURCES, name)
    monkeypatch.setitem(SOURCES, KIND, PictureFolder)
    made = write_pictures(tmp_path / "animals", {"cat": 5, "dog": 3})
    (made / "dog" / "zzz.png").touch()
    shutil.copy(made / "cat" / "001.png", made / "dog" / "copy.png")
    return made


def test_it_says_kind_size_classes_findings_and_copies(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", str(folder), "--duplicates"]) == FINE
    text = capsys.readouterr().out
    assert "Test pictures" in text and "9 samples, 2 classes" in text and "image: 3×H×W numbers" in text
    assert "dog/zzz.png: is empty" in text and "the same: cat/001.png, dog/copy.png" in text
    assert main(["data", str(folder), "--json"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] == [{"name": "cat", "samples": 5}, {"name": "dog", "samples": 4}]
    assert told["findings"][0]["file"] == "dog/zzz.png" and "duplicates" not in told
    assert main(["data", str(folder), "--option", "reverse=true", "--json"]) == FINE
    assert json.loads(capsys.readouterr().out)["classes"][0]["name"] == "dog"


def test_what_cannot_be_read_is_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    wrong = [
        ([str(tmp_path / "gone")], "there is no file and no folder"),
        ([str(empty)], "is empty"),
        ([str(empty), "--kind", KIND], "no pictures"),
        ([str(folder), "--kind", "lions"], "there is no such kind"),
        ([str(folder), "--option", "size=3"], "it has: reverse"),
    ]
    for arguments, words in wrong:
        assert main(["data", *arguments]) == UNUSABLE
        assert words in capsys.readouterr().err


def test_a_new_network_begins_with_own_data(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "net.vnet"
    assert main(["new", "lenet5-28", "-o", str(target), "--data", str(folder)]) == FINE
    data = project_file.load(target).data
    assert (data.name, data.path, data.facts.size if data.facts else 0) == (KIND, folder.as_posix(), 9)
    assert "animals" in target.read_text(encoding="utf-8") and str(tmp_path) not in target.read_text(encoding="utf-8")
    assert main(["new", "lenet5-28", "-o", str(tmp_path / "other.vnet"), "--kind", KIND]) == UNUSABLE


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        (
            "torn.jsonl",
            '{"text": "a", "label": "x"}\n{broken\n' + '{"text": "b c", "label": "y"}\n' * 9,
            0,
            "torn.jsonl, line 2",
        ),
        ("open.csv", 'a,text,kind\n1,"never closed,x\n' + "2,b,y\n" * 9, 2, "mark is not closed, perhaps in line 2"),
        ("ragged.csv", "a,b,c\n1,2,x\n1,2\n4,5,6,7\n" + "3,4,y\n5,6,x\n" * 3, 0, "lines 3 and 4; left out"),
        (
            "infinite.csv",
            "a,b,c\n" + "1,nan,x\ninf,2,y\n3,4,x\n" * 5,
            0,
            "5 cells of “a” infinite, taken as missing: lines 3, 6",
        ),
        (
            "ids.csv",
            "id,a,c\n" + "".join(f"u{n},{n % 5},{'xy'[n % 2]}\n" for n in range(60)),
            0,
            "different in every row",
        ),
        ("latin.csv", "größe,c\n" + "1,ä\n2,b\n" * 9, 0, "Windows-1252"),
        ("empty.csv", "", 2, "is empty: there is nothing to read in it"),
        ("header.csv", "a,b,c\n", 2, "has a header and no rows"),
    ],
)
def test_broken_tables_and_texts_are_told_by_line_and_the_rest_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, code: int, words: str
) -> None:
    (tmp_path / name).write_bytes(content.encode("cp1252"))
    assert main(["data", str(tmp_path / name)]) == code
    told = capsys.readouterr()
    assert words in told.out + told.err
