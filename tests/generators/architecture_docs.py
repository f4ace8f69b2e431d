"""Writes drawing and folders in docs/architecture.md, from the import contracts: ``python -m tests.generators.architecture_docs``."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "architecture.md"
PACKAGE = ROOT / "visualnet"
BEGIN, END = "<!-- generated: python -m tests.generators.architecture_docs -->", "<!-- end of what is generated -->"
DRAWN = {"layers": "visualnet", "app": "visualnet/app", "canvas": "visualnet/app/canvas"}
"""The contracts that are drawn, and the folder whose parts they order."""
LEVELS = 2
"""So deep below the package folders are listed: a map, not a list of all there is."""


def contracts() -> dict[str, list[str]]:
    """The rows of each layers contract, from the top, without the folder's own name."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = read["tool"]["importlinter"]["contracts"]
    return {c["id"]: [row.replace("visualnet.", "") for row in c["layers"]] for c in found if c["type"] == "layers"}


def tower(rows: list[str], title: str) -> list[str]:
    """One box over the other: each may import what is below it, never what is above or beside it."""
    words = [row.replace(" | ", "  │  ") for row in rows]
    width = max(len(title), *map(len, words)) + 2
    lines = [f"{title}/".center(width + 2), "┌" + "─" * width + "┐"]
    for word in words:
        lines += ["│" + word.center(width) + "│", "├" + "─" * width + "┤"]
    return [*lines[:-1], "└" + "─" * width + "┘"]


def drawing(towers: list[list[str]]) -> Iterator[str]:
    """The towers side by side, standing on one ground."""
    height = max(map(len, towers))
    lifted = [[" " * len(lines[0])] * (height - len(lines)) + lines for lines in towers]
    for parts in zip(*lifted, strict=True):
        yield "    ".join(parts).rstrip()


def folders() -> Iterator[tuple[str, str]]:
    """The folders of the package and those in them, with the first line of their docstrings. What is deeper is told by their own."""
    for file in sorted(PACKAGE.rglob("__init__.py")):
        if len(file.parent.relative_to(PACKAGE).parts) <= LEVELS:
            words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            yield file.parent.relative_to(ROOT).as_posix(), words.partition("\n")[0]


def generated() -> str:
    """The part of the page that follows from the code."""
    rows = contracts()
    lines = [BEGIN, "", "```text"]
    lines += drawing([tower(rows[name], title) for name, title in DRAWN.items()])
    lines += ["```"]
    lines += ["", "| folder | what lives there |", "|---|---|"]
    lines += [f"| [`{folder}`](../{folder}/__init__.py) | {words} |" for folder, words in folders()]
    return "\n".join([*lines, "", END])


def page() -> str:
    """The page with its generated part made anew."""
    text = PAGE.read_text(encoding="utf-8")
    return text[: text.index(BEGIN)] + generated() + text[text.index(END) + len(END) :]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
