"""From bytes to plain values, with every bound checked before memory is spent.

The text is looked at as bytes first: its size, depth and number of values are known before a parser sees it. Then msgspec parses it, and a
sweep over the result checks what only values show. Finding the place of a fault is slow and happens only when there is one.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, TypeAlias

import msgspec

from visualnet.core.names import MAX_SOURCE, MAX_TEXT
from visualnet.core.text.format import format_bytes
from visualnet.core.validation import MAX_NUMBER

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_MEMORY = 56 * 1024 * 1024
"""What the parsed values may take, by estimate."""

MANY_QUOTES = 300_000
MAX_QUOTES = 1_000_000
"""The largest project that is allowed has fewer; taking that many texts out still needs little memory."""

Place: TypeAlias = "tuple[str | int, ...]"

# Possessive throughout: each byte is looked at once, however the text is broken.
_STRING = re.compile(rb'"(?>[^"\\]+|\\.?)*+"?', re.DOTALL)
_TOKEN = re.compile(rb'"(?>[^"\\]+|\\.)*+"|[\[\]{}:,]|[^\s"\[\]{}:,]+', re.DOTALL)
_LONG_NUMBER = re.compile(rb"[0-9.]{41}")
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_SQUARE = bytes.maketrans(b"{}", b"[]")
_STEP = {ord("["): 1, ord("]"): -1}
_HEAD = 200_000
_MEGABYTE = 1024 * 1024


class RefusedJson(Exception):
    """Something in the text cannot be taken. ``place`` leads to it from the top of the file."""

    def __init__(self, reason: str, *place: str | int, way_out: str = "", offset: int = -1) -> None:
        super().__init__(reason)
        self.reason, self.place, self.way_out, self.offset = reason, tuple(place), way_out, offset
        self.tree: Any = None

    def under(self, *place: str | int) -> RefusedJson:
        """The same fault, seen from further up."""
        self.place = (*place, *self.place)
        return self


def scan(data: bytes) -> Any:
    """The values that a JSON text holds.

    Raises:
        Refused: it is no JSON, or breaks a bound.
    """
    if len(data) > MAX_BYTES:
        raise RefusedJson(
            f"it has {format_bytes(len(data))}; a project has at most {format_bytes(MAX_BYTES)}",
            way_out="Weights and data do not belong into it.",
        )
    bare = _bare(data)
    tree = _parse(data)
    try:
        if _sweep(tree) != bare.count(b":"):
            raise _duplicate(data)
    except RefusedJson as fault:
        fault.tree = tree
        raise
    return tree


def _bare(data: bytes) -> bytes:
    """The text without its strings, after a look at how much and how deep it is."""
    quotes = data.count(b'"')
    if quotes > MAX_QUOTES:
        raise RefusedJson(f"it holds {quotes // 2:,} texts; {MAX_QUOTES // 2:,} are allowed")
    bare = _STRING.sub(b"", data) if quotes < MANY_QUOTES else _without_strings(data)
    brackets = bare.translate(_SQUARE, _NO_BRACKET)
    steps = map(_STEP.__getitem__, brackets[:_HEAD])
    too_deep = max(accumulate(steps), default=0) > MAX_DEPTH
    if not too_deep:
        # What the values will take: a small dict, a small list, a text, a slot.
        memory = 232 * bare.count(b"{") + 88 * bare.count(b"[") + 28 * quotes + 24 * bare.count(b",")
        if memory > MAX_MEMORY:
            raise RefusedJson(
                f"it holds {max(bare.count(b','), len(brackets) // 2):,} values, more than any project has"
            )
        too_deep = len(brackets) > _HEAD and _deeper(brackets)
    if too_deep:
        raise RefusedJson(f"it is nested deeper than {MAX_DEPTH} levels", offset=_offset_of_depth(data))
    if _LONG_NUMBER.search(bare):
        raise RefusedJson("a number has more than 40 digits", offset=_offset_of_long_number(data))
    return bare


def _without_strings(data: bytes) -> bytes:
    """The same as taking every string out at once, a little slower; but what lies between them is not held piece by piece."""
    bare, end = bytearray(), 0
    for match in _STRING.finditer(data):
        bare += data[end : match.start()]
        end = match.end()
    return bytes(bare + data[end:])


def _deeper(brackets: bytes) -> bool:
    """Whether something is left when the innermost level is taken away as often as there may be levels."""
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    return b"[" in brackets


def _parse(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text = str(error)
        if "out of range" in text:
            raise _out_of_range(data) from None
        found = re.search(r"\(byte (\d+)\)", text)
        reason = re.sub(r"\s*\(byte \d+\)|^JSON is malformed: ", "", text) or "it is no JSON"
        if re.search(rb"(?<![\w\"])-?(NaN|Infinity)(?![\w\"])", data):
            reason = "NaN and Infinity are no numbers here"
        elif "truncated" in text:
            reason = "the file ends in the middle"
            found = None
        raise RefusedJson(
            f"it is no valid JSON: {reason}",
            way_out="If it was cut off while it was copied, copy it again.",
            offset=int(found[1]) if found else len(data) if "ends" in reason else -1,
        ) from None


def _sweep(tree: Any) -> int:
    """Check every number and text; the number of keys."""
    keys = 0
    stack = [tree]
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind is str:
            if len(value) > MAX_SOURCE:
                raise _found(tree, value)
        elif kind is dict:
            keys += len(value)
            for key in value:
                if len(key) > MAX_TEXT:
                    raise RefusedJson(f"a key has {len(key):,} characters; {MAX_TEXT:,} are allowed")
            stack += value.values()
        elif kind is list:
            stack += value
        elif kind is int and not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise _found(tree, value)
    return keys


def _found(tree: Any, wanted: Any) -> RefusedJson:
    """The refusal of this very value, with its place."""
    if isinstance(wanted, str):
        reason = f"a text has {len(wanted):,} characters; {MAX_SOURCE:,} are allowed"
    else:
        reason = f"{wanted:,} is too large; whole numbers go to 2^53"
    stack: list[tuple[Place, Any]] = [((), tree)]
    while stack:
        place, value = stack.pop()
        if value is wanted:
            return RefusedJson(reason, *place)
        if isinstance(value, dict):
            stack += [((*place, k), v) for k, v in value.items()]
        elif isinstance(value, list):
            stack += [((*place, i), v) for i, v in enumerate(value)]
    return RefusedJson(reason)


# --- places in the text ---------------------------------------------------------------------------------------------------------------


def walk(data: bytes) -> Iterator[tuple[Place, int, bool]]:
    """Every value of a valid text: its place, where it begins, and whether its key has stood before in the same object."""
    levels: list[Any] = []  # per level: the keys met so far, or the index reached
    key: list[str | int] = []
    expects_key = False
    for match in _TOKEN.finditer(data):
        token, at = match.group(), match.start()
        if token in (b"]", b"}"):
            levels.pop()
            key.pop()
            expects_key = False
        elif token == b",":
            if isinstance(levels[-1], int):
                levels[-1] += 1
                key[-1] = levels[-1]
            else:
                expects_key = True
        elif token == b":":
            expects_key = False
        elif expects_key:
            key[-1] = msgspec.json.decode(token)
            twice = key[-1] in levels[-1]
            levels[-1].add(key[-1])
            if twice:
                yield tuple(key), at, True
        else:
            yield tuple(key), at, False
            if token in (b"[", b"{"):
                levels.append(0 if token == b"[" else set())
                key.append(0 if token == b"[" else "")
                expects_key = token == b"{"


def offset_of(data: bytes, place: Place) -> int:
    """Where the value at this place begins; -1 if that would take too long to find."""
    if len(data) > _MEGABYTE or not place:
        return -1
    best = -1
    for found, at, _ in walk(data):
        if found == place:
            return at
        if found == place[: len(found)]:
            best = at
    return best


def line_of(data: bytes, offset: int) -> int:
    """The line on which this byte stands, counted from 1; 0 if it is not known."""
    return data.count(b"\n", 0, offset) + 1 if offset >= 0 else 0


def _duplicate(data: bytes) -> RefusedJson:
    reason = "a key stands twice in one object, so that one of its values would be lost"
    if len(data) <= _MEGABYTE:
        for place, at, twice in walk(data):
            if twice:
                return RefusedJson(f"the key “{place[-1]}” stands twice", *place, offset=at)
    return RefusedJson(reason)


def _out_of_range(data: bytes) -> RefusedJson:
    """The refusal of the first number that is larger than any float."""
    reason = "a number is larger than a computer can hold"
    if len(data) <= _MEGABYTE:
        with contextlib.suppress(IndexError, ValueError):
            for place, at, _ in walk(data):
                number = re.match(rb"-?[0-9][0-9.eE+\-]*", data[at : at + 400])
                if number and math.isinf(float(number.group())):
                    return RefusedJson(reason, *place, offset=at)
    return RefusedJson(reason)


def _offset_of_long_number(data: bytes) -> int:
    match = _LONG_NUMBER.search(data)
    return match.start() if match else -1


def _offset_of_depth(data: bytes) -> int:
    depth = 0
    for match in re.finditer(rb'"(?>[^"\\]+|\\.?)*+"?|[\[\]{}]', data, re.DOTALL):
        token = match.group()
        depth += 1 if token in (b"[", b"{") else -1 if token in (b"]", b"}") else 0
        if depth > MAX_DEPTH:
            return match.start()
    return -1
