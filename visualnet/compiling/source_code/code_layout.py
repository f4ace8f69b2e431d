"""How printed code is laid out: lines of at most 100 columns, broken as ``ruff format`` breaks them; comments and docstrings."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

WIDTH = 100
INDENT = "    "
_ENCODING = re.compile(r"coding(?=[:=])")
_OPERATOR = re.compile(r" ([-+*/@]) ")
_SUMS, _PRODUCTS = "+-", "*/@"


def write_literal(value: Any) -> str:
    """A value as Python reads it, texts in double quotes."""
    if isinstance(value, tuple):
        return f"({', '.join(map(write_literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(write_literal, value))}]"
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and text[0] == "'" and '"' not in text else text


def indent(lines: Sequence[str], depth: int = 1) -> list[str]:
    return [INDENT * depth + line if line else line for line in lines]


def tensors(count: int) -> str:
    """The type of so many results."""
    if count == 1:
        return "Tensor"
    return f"tuple[{', '.join(['Tensor'] * count)}]" if count <= 5 else "tuple[Tensor, ...]"


# --- statements --------------------------------------------------------------------------------------------------------------------


def lay_out(line: str, depth: int, comment: str = "") -> list[str]:
    """A statement as lines that stand within 100 columns when indented so deep, with a comment behind the last or before the first."""
    room = WIDTH - len(INDENT) * depth
    if not comment:
        return _broken(line, room)
    lines = _broken(line, room - len(comment) - 4) if len(line) + len(comment) + 4 <= room else _broken(line, room)
    if len(lines[-1]) + len(comment) + 4 <= room:
        return [*lines[:-1], f"{lines[-1]}  # {comment}"]
    return [*(f"# {part}" for part in textwrap.wrap(comment, room - 2)), *lines]


def _broken(line: str, room: int) -> list[str]:
    if len(line) <= room:
        return [line]
    head, value = _split_target(line)
    targets = _commas(head.removesuffix(" = "))
    if len(targets) > 1 and len(head) + value.find("(") + 1 > room:  # no call fits behind so many names
        first, *rest = _broken(f"_ = {value}", room)
        return ["(", *(f"{INDENT}{name}," for name in targets), f"){first[1:]}", *rest]
    operators = _operators(value)
    if operators:
        terms = [value[a:b].strip() for a, b in pairwise([0, *operators, len(value)])]
        terms = [value] if len(value) <= room - 4 else terms
        return [f"{head}(", *(INDENT + part for term in terms for part in _broken(term, room - 4)), ")"]
    if len(_commas(value)) > 1:
        return [f"{head}(", *_one_a_line(value, room), ")"]
    calls = _chained(value)
    if len(calls) > 1 and not re.fullmatch(r"\w+=", head):
        ends = [0, *calls, len(value)]
        links = [value] if len(value) <= room - 4 else [value[a:b] for a, b in pairwise(ends)]
        return [f"{head}(", *(INDENT + part for link in links for part in _broken(link, room - 4)), ")"]
    item = re.search(r"\)\[(\d+)\]$", line)
    if item and item.start(1) <= room:  # where no more than the number of what is taken stands out
        return [line[: item.start(1)], INDENT + item[1], "]"]
    opening, closing = _last_bracket(line)
    if opening < 0:
        return [line]
    before, inside, behind = line[: opening + 1], line[opening + 1 : closing], line[closing:]
    called = bool(re.search(r"\w\($", before))
    if called and len(inside) <= room - 4 and not inside.endswith(","):
        return [before, INDENT + inside, behind]
    return [before, *_one_a_line(inside, room), behind]


def _one_a_line(inside: str, room: int) -> list[str]:
    parts = [_broken(part, room - 5) for part in _commas(inside)]
    return [INDENT + text for part in parts for text in [*part[:-1], f"{part[-1]},"]]


def _split_target(line: str) -> tuple[str, str]:
    """``x = a + b`` as ``x = `` and ``a + b``; the same with ``return``, an argument given by its name, and an entry of a dict."""
    match = re.match(r'(return |[\w., ]+(?:: \w+)? = |\w+=(?!=)|"[^"\\]*": )', line)
    return (line[: match.end()], line[match.end() :]) if match else ("", line)


def _depths(text: str) -> list[int]:
    """How many brackets are open at each letter; −1 within a text."""
    depths, depth, quote, skip = [], 0, "", False
    for letter in text:
        if quote:
            depths.append(-1)
            quote = "" if letter == quote and not skip else quote
            skip = letter == "\\" and not skip
            continue
        if letter in "'\"":
            quote = letter
            depths.append(-1)
            continue
        depth -= letter in ")]}"
        depths.append(depth)
        depth += letter in "([{"
    return depths


def _operators(value: str) -> list[int]:
    """Where the loosest operators outside all brackets stand."""
    if value.startswith(("def ", "class ", "for ")):
        return []
    depths = _depths(value)
    found = [(m.start() + 1, m[1]) for m in _OPERATOR.finditer(value) if depths[m.start()] == 0]
    sums = [at for at, sign in found if sign in _SUMS]
    return sums or [at for at, sign in found if sign in _PRODUCTS]


def _chained(value: str) -> list[int]:
    """Where methods of what a call gives are called."""
    depths = _depths(value)
    return [m.start() + 1 for m in re.finditer(r"[)\]]\.", value) if depths[m.start() + 1] == 0]


def _last_bracket(line: str) -> tuple[int, int]:
    """The last pair of brackets that holds arguments and stands in no other; an index is left whole."""
    depths = _depths(line)
    pairs, opening = [], -1
    for at, letter in enumerate(line):
        if letter in "([{" and depths[at] == 0 and opening < 0:
            opening = at
        elif letter in ")]}" and depths[at] == 0:
            pairs.append((opening, at))
            opening = -1
    calls = [(a, b) for a, b in pairs if b > a + 1 and not (line[a] == "[" and line[a - 1 : a].strip(" =("))]
    # A signature is broken at its arguments, a call with a short one behind it at the long one.
    return max(calls, key=lambda pair: (pair[1] - pair[0] > 20, pair[1]), default=(-1, -1))


def _commas(inside: str) -> list[str]:
    """What stands between the outermost commas."""
    depths = _depths(inside)
    cuts = [at for at, letter in enumerate(inside) if letter == "," and depths[at] == 0]
    starts, ends = [0, *(at + 1 for at in cuts)], [*cuts, len(inside)]
    return [part for a, b in zip(starts, ends, strict=True) if (part := inside[a:b].strip())]


# --- texts -------------------------------------------------------------------------------------------------------------------------


def plain_lines(text: str, longest: int, width: int) -> list[str]:
    """Text from a file in lines of this width: nothing in it hides, reorders or ends a line, or is read as the encoding of the file
    (``# coding: utf-7`` in the first two lines would make other text of what follows)."""
    lines = []
    for line in text[:longest].splitlines():
        kept = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
        lines += textwrap.wrap(_ENCODING.sub("coding ", kept), width) or [""]
    return lines


def write_comment(text: str, longest: int) -> list[str]:
    """Text from a file as comment lines."""
    return [f"# {line}".rstrip() for line in plain_lines(text, longest, WIDTH - 2)]


def write_docstring(text: str, longest: int, depth: int) -> list[str]:
    """Text from a file as a docstring that nothing in it ends; no line where there is none."""
    room = WIDTH - len(INDENT) * depth
    lines = plain_lines(text.strip(), longest, room - 3)
    if len(lines) == 1:  # what ends in the same line must leave room for the quotes
        lines = plain_lines(text.strip(), longest, room - 6)
    if not any(lines):
        return []
    lines = [line.replace("\\", "\\\\") for line in lines]
    if any('""' in line for line in lines) or lines[-1].endswith('"'):
        lines = [line.replace('"', '\\"') for line in lines]
    return [f'"""{lines[0]}"""'] if len(lines) == 1 else [f'"""{lines[0]}', *lines[1:], '"""']
