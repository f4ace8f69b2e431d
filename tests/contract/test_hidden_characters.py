"""Hidden characters, planted in every string of a file and in its name: nothing that is told lets them through."""

from __future__ import annotations

import copy
import io
import json
import logging
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.mutants import ROOT
from visualnet.analysis import infer, report
from visualnet.cli import main
from visualnet.core.process.crash_handler import open_log
from visualnet.core.storage import project_file
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.data.registry import fields_or_none

PLANTED = "\u2066a\u202e\x1b[31m\u200b\x07\u2028\x9b\ufeff\r\U000e0001"
SEEDS = (ROOT / "tests" / "fixtures" / "format1.vnet", ROOT / "resources" / "templates" / "unet.vnet")


def hidden(text: str) -> list[str]:
    """The code points in the text that nobody sees."""
    kinds = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in kinds and c not in "\n\t"]


def planted(tree: Any) -> Iterator[Any]:
    """The file with the characters in one place: in place of a value, behind a text, as a key."""
    for path in places(tree):
        for how in ("instead", "behind", "key"):
            changed = copy.deepcopy(tree)
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            if how == "instead":
                holder[path[-1]] = PLANTED
            elif how == "behind" and isinstance(holder[path[-1]], str):
                holder[path[-1]] += PLANTED
            elif how == "key" and isinstance(holder, dict):
                holder[PLANTED] = holder[path[-1]]
            else:
                continue
            yield changed


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where values stand; of a long list the first three."""
    keys = list(tree)[:40] if isinstance(tree, dict) else range(min(len(tree), 3)) if isinstance(tree, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(tree[key], (*path, key))


@pytest.mark.wide
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_no_hidden_character_gets_into_an_error_or_a_report(seed: Path) -> None:
    found = {}
    refused = 0
    for tree in planted(json.loads(seed.read_bytes())):
        try:
            project = project_file.loads(json.dumps(tree).encode(), f"{PLANTED}.vnet")
        except project_file.FileError as error:
            refused += 1
            told = "\n".join((str(error), error.file, error.place, error.reason, error.way_out))
        else:
            analysis = infer(project, fields=fields_or_none(project.data))
            problems = report.problems(project, analysis, seconds=0.0)
            told = "\n".join([*report.lines(problems), project.name, project.note])
        if hidden(told):
            found[told[:200]] = hidden(told)
    assert not found
    assert refused > 50


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("summary",),
        ("code",),
        ("diff", str(SEEDS[0])),
        ("compare", str(SEEDS[0])),
        ("train",),
        ("picture", "-o", "x.svg"),
    ],
)
def test_the_terminal_is_told_only_what_can_be_seen(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of such a name that is broken, and one that is missing; and an option with such words."""
    path = tmp_path / f"{PLANTED}.vnet"
    path.write_text('{"program": "visualnet", "format": 1, "graph": {"nodes": [{"id": "\\u2066"}]}}', encoding="utf-8")
    for arguments in (
        [words[0], str(path), *words[1:]],
        [words[0], f"{tmp_path}/no{PLANTED}.vnet", *words[1:]],
        [words[0], str(SEEDS[0]), *words[1:], f"--{PLANTED}"],
    ):
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        try:
            code = main.main(arguments)
        except SystemExit as stop:
            code = int(str(stop.code))
        monkeypatch.undo()
        assert code == 2
        told = out.getvalue() + err.getvalue()
        assert not hidden(told)
        assert "\\u2066" in told


def test_a_log_line_shows_them(tmp_path: Path) -> None:
    log = logging.getLogger("visualnet")
    handler = open_log(tmp_path)
    try:
        log.info("read %s", PLANTED)
    finally:
        log.removeHandler(handler)
        handler.close()
    told = (tmp_path / "visualnet.log").read_text("utf-8")
    assert "\\u2066" in told and not hidden(told)


def test_spelled_out_or_left_out() -> None:
    assert visible("größe × 2 → “ok”") == "größe × 2 → “ok”"
    assert visible(PLANTED) == r"\u2066a\u202e\u001b[31m\u200b\u0007\u2028\u009b\ufeff\u000d\udb40\udc01"
    assert visible("\ud800") == r"\ud800"
    assert visible("a\nb\tc") == r"a\u000ab\u0009c"
    assert visible("a\nb\tc", lines=True) == "a\nb\tc"
    assert json.loads(f'"{visible(PLANTED)}"') == PLANTED
    assert clean(PLANTED) == "a[31m"
