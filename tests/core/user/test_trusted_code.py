"""Which code may run: exactly the text that was trusted, and only while the file that says so can be believed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from visualnet.core.storage import paths
from visualnet.core.user import trusted_code
from visualnet.core.user.trusted_code import distrust, is_trusted, trust, trust_for_now

SOURCE = "class Twice(nn.Module):\n    pass\n"


def kept() -> Path:
    return paths.data_dir() / "trusted-code.json"


def mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_trusted_is_that_text_and_no_other_until_it_is_distrusted() -> None:
    assert not is_trusted(SOURCE)
    trust(SOURCE)
    trust(SOURCE)
    trust("other")
    assert is_trusted(SOURCE) and is_trusted("other") and not is_trusted(SOURCE + " ")
    assert json.loads(kept().read_text()) == [mark(SOURCE), mark("other")]
    distrust(SOURCE)
    assert not is_trusted(SOURCE) and is_trusted("other")
    distrust("never trusted")
    assert is_trusted("other")
    assert trusted_code.fingerprint("\ud800")  # a lone surrogate is a text too


def test_for_now_leaves_nothing_behind() -> None:
    trust_for_now(SOURCE)
    assert is_trusted(SOURCE) and not kept().exists()
    distrust(SOURCE)
    assert not is_trusted(SOURCE)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "null", "[", "[" * 100_000, json.dumps([mark(SOURCE)] * 10_001), json.dumps({mark(SOURCE): 1})],
    ids=["empty", "object", "null", "torn", "deep", "many", "keys"],
)
def test_what_cannot_be_read_trusts_nothing(text: str) -> None:
    kept().parent.mkdir(parents=True, exist_ok=True)
    kept().write_text(text)
    assert not is_trusted(SOURCE)


def test_only_whole_fingerprints_count() -> None:
    kept().parent.mkdir(parents=True, exist_ok=True)
    kept().write_text(json.dumps([5, None, mark(SOURCE)[:-1], mark(SOURCE).upper(), "z" * 64, mark("good")]))
    trust("another")
    assert json.loads(kept().read_text()) == [mark("good"), mark("another")]
    assert not is_trusted(SOURCE)


def test_the_oldest_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted_code, "MAX_KNOWN", 3)
    for text in "abcd":
        trust(text)
    assert [is_trusted(text) for text in "abcd"] == [False, True, True, True]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes say nothing here")
def test_a_file_that_others_can_write_trusts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(SOURCE)
    assert kept().stat().st_mode & 0o777 == 0o600
    kept().chmod(0o602)
    assert not is_trusted(SOURCE)
    kept().chmod(0o620)
    assert is_trusted(SOURCE)
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert not is_trusted(SOURCE)
