"""The pages as the tests read them: blocks of code, links, headings. ``docs/writing.md`` says what is asked of each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GUIDE = sorted((DOCS / "guide").glob("*.md"))
SITE = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
"""Every page of the site."""
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *SITE]

_FENCE = re.compile(
    r"^(?:<!-- (?P<rule>not run|in): (?P<words>.+?) -->\n)?^```(?P<kind>[^\n]*)\n(?P<code>.*?)^```$", re.S | re.M
)


class Block(NamedTuple):
    """A fenced block: its language, the line on which its code begins, what stands in the comment above it."""

    kind: str
    code: str
    line: int
    not_run: str = ""
    file: str = ""


def name_of(page: Path) -> str:
    """The page as people call it, ``docs/guide/canvas.md``."""
    return page.relative_to(ROOT).as_posix()


@cache
def text_of(page: Path) -> str:
    """The whole page."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = text_of(page)
    found = []
    for match in _FENCE.finditer(text):
        rule, words = match["rule"], match["words"] or ""
        line = text.count("\n", 0, match.start("code")) + 1
        not_run, file = (words if rule == "not run" else ""), (words if rule == "in" else "")
        found.append(Block(match["kind"].strip(), match["code"], line, not_run, file))
    assert text.count("\n```") + text.startswith("```") == 2 * len(found), f"{name_of(page)}: a block is not closed"
    return found


def prose(page: Path) -> str:
    """The page without blocks of code."""
    return _FENCE.sub("", text_of(page))


def anchors(page: Path) -> set[str]:
    """What a link may name behind #: the headings, as code hosts and MyST spell them."""
    found = set()
    for heading in re.findall(r"^#{1,4} (.+)$", prose(page), re.M):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", ""))
        found.add(words.replace(" ", "-"))
    return found
