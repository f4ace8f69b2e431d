"""Characters that nobody sees: taken out of what is kept, spelled out in what is told.

A text from a file, and the name of the file itself, may hold characters that hide, reorder or break what is shown: control characters
(with those that steer a terminal), zero-width and bidirectional ones, separators of lines, unpaired surrogates. ``clean`` is for text that
is taken over, ``visible`` for text that enters a message, a line of the terminal, a log or a title.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_KINDS = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that are drawn as nothing. They may stand in a text, but a message shows them."""
_LINES = "\n\t"


def clean(text: str, *, lines: bool = False) -> str:
    """The text without hidden characters. ``lines`` keeps line breaks and tabs."""
    if text.isascii() and text.isprintable():
        return text
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if (lines and c in _LINES) or unicodedata.category(c) not in _KINDS)


def visible(text: object, *, lines: bool = False) -> str:
    """The text with every hidden character as JSON and Python spell it, ``\\u2066``. ``lines`` keeps line breaks and tabs."""
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if (lines and c in _LINES) or not _hidden(c) else _spelled(c) for c in text)


def _hidden(c: str) -> bool:
    return c in _BLANK or unicodedata.category(c) in _KINDS


def _spelled(c: str) -> str:
    """By its UTF-16 units, so that it may stand in JSON too."""
    point = ord(c)
    units = (point,) if point < 0x10000 else (0xD7C0 + (point >> 10), 0xDC00 + (point & 0x3FF))
    return "".join(f"\\u{unit:04x}" for unit in units)


class VisibleStream:
    """A text stream on which no hidden character gets through: neither to a person's eyes nor to their terminal.

    A carriage return is passed on where a write begins or ends with it: so a line of progress is written over.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        middle = text.strip("\r")
        before = len(text) - len(text.lstrip("\r")) if middle else len(text)
        shown = visible(middle, lines=True)
        self._stream.write("\r" * before + shown + "\r" * (len(text) - before - len(middle)))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def visible_streams() -> Iterator[None]:
    """Standard output and standard error as ``VisibleStream``, while this lasts."""
    import sys

    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = VisibleStream(before[0]), VisibleStream(before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
