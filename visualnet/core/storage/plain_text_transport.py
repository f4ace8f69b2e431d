"""Copied text that went through a mail: written so that wrapping and quoting can be undone, and mended when it comes back.

A mail program breaks lines at spaces, puts ``> `` before them, adds words before and behind, and changes quotation marks. In copied text no
string has two spaces in a row or a ``>``, so a line end inside a string was one space, and a ``>`` outside is a mark of quoting.
A sum over the values tells whether the mending gave back what was copied.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LINE = re.compile(r"[ \t\u00a0]*(?:\r\n|\r|\n)")
_QUOTED = re.compile(r"(?:\r\n|\r|\n)[ \t\u00a0]*((?:>[ \t\u00a0]?)+)")
_CLEVER = re.compile("[“”„«»″]")


def encode(text: str) -> str:
    """JSON that a mail program may wrap and quote without harm."""

    def set_hard(found: re.Match[str]) -> str:
        return found[0].replace("  ", " \\u0020").replace(">", "\\u003e").replace("\u00a0", "\\u00a0")

    return _STRING.sub(set_hard, text)


def checksum(tree: Any) -> int:
    """A sum over plain values, the same however the text is set."""
    return zlib.crc32(json.dumps(tree, sort_keys=True).encode())


def decode(text: str, mark: str) -> str:
    """The JSON object that says ``"mark":`` in a text that a mail program has wrapped, quoted or put words around.

    Raises:
        ValueError: there is none, or it cannot be mended; the words say what was done to it.
    """
    at = text.find(f'"{mark}"')
    start = text.rfind("{", 0, at) if at >= 0 else -1
    if start < 0:
        if (clever := _CLEVER.search(text)) and mark in text:
            sign = clever[0]
            raise ValueError(
                f"on its way its quotation marks became “{sign}”: send the nodes as an attached file, or as plain text"
            )
        raise ValueError("it does not begin as it should")
    depth = _depth(text, start)
    out, place, level = [], start, 0
    while place < len(text):
        sign = text[place]
        if sign == '"':
            string, place = _string(text, place, depth)
            out.append(string)
            continue
        if found := _QUOTED.match(text, place):
            place = found.end()
            out.append("\n")
            continue
        out.append(" " if sign == "\u00a0" else sign)
        level += (sign in "{[") - (sign in "}]")
        place += 1
        if not level:
            return "".join(out)
    raise ValueError("its end is missing")


def _depth(text: str, start: int) -> int:
    """How often the line is quoted in which the object begins."""
    line = text[max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1 : start]
    return line.count(">") if not line.strip(" \t\u00a0>") else 0


def _string(text: str, start: int, depth: int) -> tuple[str, int]:
    """A string, its line ends made spaces again, and where it ends."""
    end = start + 1
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" else 1
    inner = text[start : end + 1]
    if "\n" in inner or "\r" in inner:
        inner = re.sub(f"{_LINE.pattern}(?:[ \\t\\u00a0]*>){{0,{depth}}} ?", " ", inner)
    return inner.replace("\u00a0", " "), end + 1
