"""Characters that nobody sees: taken out, or spelled as JSON spells them."""

from __future__ import annotations

import io
import json
import sys
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from visualnet.core.text.hidden_characters import VisibleStream, clean, visible, visible_streams

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
texts = st.text(max_size=30) | st.text(alphabet="a\u202e\u200b\n\r\t\x1b\ue000\U000e0001é\u2800", max_size=12)


@given(texts)
@example("a\r\nb\rc\nd")
def test_clean_keeps_what_is_seen_and_nothing_else(text: str) -> None:
    assert clean(text) == "".join(c for c in text if unicodedata.category(c) not in HIDDEN)
    kept = clean(text, lines=True)
    assert all(c in "\n\t" or unicodedata.category(c) not in HIDDEN for c in kept)
    assert kept.count("\n") == len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1
    assert clean(kept, lines=True) == kept


@given(texts)
@example("\U000e0001\U0010ffff\U00010000")
def test_visible_can_be_read_back_as_json(text: str) -> None:
    told = visible(text)
    assert not any(unicodedata.category(c) in HIDDEN or c == "\u2800" for c in told)
    if not set(text) & {'"', "\\"}:
        assert json.loads(f'"{told}"') == text
    assert visible(text, lines=True).count("\n") == text.count("\n")


def test_anything_can_be_told() -> None:
    assert (
        visible(5) == "5"
        and visible("a\u2066b\t") == "a\\u2066b\\u0009"
        and visible("\t\u3164", lines=True) == "\t\\u3164"
    )


def test_a_stream_lets_lines_and_progress_through() -> None:
    inner = io.StringIO()
    stream = VisibleStream(inner)
    assert stream.write("\r50 %") == 5 and stream.write("done\r\r") == 6
    assert stream.write("\r") == 1 and stream.write("a\rb\x1b[2J\n") == 8
    stream.writelines(["x\n", "y"])
    assert inner.getvalue() == "\r50 %done\r\r\ra\\u000db\\u001b[2J\nx\ny"
    assert stream.getvalue() == inner.getvalue()  # all else is the stream's own


def test_both_streams_and_only_within() -> None:
    before = sys.stdout, sys.stderr
    with visible_streams():
        assert isinstance(sys.stdout, VisibleStream) and isinstance(sys.stderr, VisibleStream)
    assert (sys.stdout, sys.stderr) == before
