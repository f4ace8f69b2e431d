"""The code on the pages runs as it stands there: ``docs/writing.md`` has the rule."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.docs.pages import PAGES, Block, blocks, name_of
from visualnet.cli.main import main
from visualnet.core.storage import project_file

KINDS = {"python", "sh", "console", "json", "text"}
NOT_RUN = {"README.md": 2, "CONTRIBUTING.md": 1, "docs/guide/getting-started.md": 1}
"""How many blocks of a page are marked as not run; what is not listed has none."""
_COMMAND = re.compile(r"^(?:visualnet|python -m visualnet) ")
WITH_CODE = [
    page for page in PAGES if any(b.kind in KINDS - {"text"} and not (b.not_run or b.file) for b in blocks(page))
]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_follows_the_rule(page: Path) -> None:
    for block in blocks(page):
        known = block.kind in KINDS or block.kind == "{toctree}"
        assert known, f"line {block.line}: “{block.kind}” is none of {', '.join(sorted(KINDS))}"
        assert not block.not_run or len(block.not_run) > 10, "why it is not run"
        if block.kind == "text":
            assert not re.search(r"^\$? ?(?:visualnet|python|pip|bash) ", block.code, re.M), "a command is no output"
        if block.kind == "console":
            assert block.code.startswith("$ ")
    assert sum(bool(block.not_run) for block in blocks(page)) == NOT_RUN.get(name_of(page), 0)


def test_hardly_any_block_is_left_out() -> None:
    runnable = [block for page in PAGES for block in blocks(page) if block.kind in KINDS - {"text"}]
    assert len(runnable) >= 25
    assert sum(bool(block.not_run) for block in runnable) <= 0.2 * len(runnable)


@pytest.mark.few(3)
@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_the_code_of_a_page_runs(
    page: Path, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    names: dict[str, object] = {"__name__": "page"}
    try:
        for block in blocks(page):
            if not (block.not_run or block.file):
                _run(page, block, names, capsys)
    finally:
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
                del sys.modules[name]


def _run(page: Path, block: Block, names: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    if block.kind == "python":
        # Empty lines before it, so that an error names the line of the page.
        code = compile("\n" * (block.line - 1) + block.code, str(page), "exec", dont_inherit=True)
        capsys.readouterr()
        exec(code, names)
        told = re.findall(r"# → (.+)$", block.code, re.M)
        said = capsys.readouterr().out
        assert matches(["…", *(part for line in told for part in (line, "…"))], said), (
            f"{told} is not what it printed:\n{said}"
        )
    elif block.kind == "json":
        found = json.loads(block.code)
        if found.get("program") == "visualnet":
            project_file.loads(block.code.encode(), name_of(page))
    elif block.kind in ("sh", "console"):
        for command, wanted in commands(block):
            assert _COMMAND.match(command), f"line {block.line}: “{command}” is no command of this program"
            capsys.readouterr()
            ended = main(shlex.split(_COMMAND.sub("", command)))
            said = capsys.readouterr()
            assert ended == 0, f"{command}: {said.err}"
            assert matches(wanted, said.out), f"{command} printed\n{said.out}"


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that it is said to print."""
    lines = [line for line in block.code.splitlines() if line]
    if block.kind == "sh":
        yield from ((line, ["…"]) for line in lines)
        return
    for part in re.split(r"^\$ ", "\n".join(lines), flags=re.M)[1:]:
        command, *wanted = part.splitlines()
        yield command, wanted


def matches(wanted: list[str], said: str) -> bool:
    """Whether this was printed; a line with only … stands for any lines, within a line … for any letters."""
    pattern = "".join("(?:.*\n)*" if line == "…" else f"{_flexible(line)}\n" for line in wanted)
    return re.fullmatch(pattern, said if said.endswith("\n") else f"{said}\n") is not None


def _flexible(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…")) + r"\s*"


def test_an_output_that_differs_is_noticed() -> None:
    assert matches(["one", "…", "th…ee"], "one\ntwo\nthree\n")
    assert not matches(["one", "three"], "one\ntwo\nthree\n")
    assert not matches(["one"], "one\ntwo\n")
    assert matches(["…"], "")
