"""The index of the templates is read with care: what is wrong in it is told in words, and keeps nobody from the templates."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visualnet.resources import resource
from visualnet.templates import index
from visualnet.templates.index import read_index, template_list

Rows = list[dict[str, Any]]


def rows() -> Rows:
    found: Rows = json.loads(resource("templates", "index.json").read_text(encoding="utf-8"))
    return found


def test_the_shipped_index_is_read() -> None:
    assert [row.name for row in read_index(json.dumps(rows()).encode())] == [t.name for t in template_list()]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: r[0].pop("title"), "missing required field `title`.*\\[0\\]"),
        (lambda r: r[1].update(parameters="many"), "Expected `int`, got `str`.*\\[1\\].parameters"),
        (lambda r: r[1].update(parameters=-1), ">= 0"),
        (lambda r: r[2].update(colour="red"), "unknown field `colour`"),
        (lambda r: r[2].update(name="../../secret"), "regex"),
        (lambda r: r[2].update(name=r[1]["name"]), "twice"),
        (lambda r: r[2].update(small="nothing"), "`small` of .* is “nothing”, which it does not list"),
        (lambda r: r[2].update(of="nothing"), "`of` of"),
        (lambda r: r[2].update(note="x" * 5000), "length <= 2000"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(spoil: Callable[[Rows], object], words: str) -> None:
    found = rows()
    spoil(found)
    with pytest.raises(ValueError, match=words):
        read_index(json.dumps(found).encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff\xfe", b"[" * 100_000, b" " * (2 << 20)])
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="index of the templates"):
        read_index(data)


@pytest.mark.expects_log
def test_without_a_good_index_the_templates_are_listed_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.vnet").write_bytes(b"{}")
    monkeypatch.setattr(index, "resource", lambda *parts: tmp_path)
    assert [(t.name, t.title) for t in template_list()] == [("a", "a"), ("b", "b")]
    (tmp_path / "index.json").write_bytes(b"[{}]")
    with caplog.at_level(logging.WARNING, "visualnet.templates"):
        assert [t.name for t in template_list()] == ["a", "b"]
    assert "missing required field" in caplog.text
