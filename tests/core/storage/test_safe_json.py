"""JSON of strangers: what Python's own reader reads is read the same, and each place in the text is found."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.core.storage import safe_json
from visualnet.core.storage.safe_json import RefusedJson, line_of, offset_of, walk

keys = st.text(max_size=4) | st.sampled_from(['a"b', "{", "[1]", ":", ","])
trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=6)
    | st.sampled_from(["]", "},{", '\\"']),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def every(tree: Any, place: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Place → value, of all that stands in a tree."""
    found = {place: tree}
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in parts:
        found |= every(value, (*place, key))
    return found


@given(trees, st.sampled_from([None, 1]))
def test_what_is_json_is_read_as_python_reads_it_and_every_place_is_found(tree: Any, indent: int | None) -> None:
    data = json.dumps(tree, indent=indent).encode()
    assert safe_json.scan(data) == tree
    wanted = every(tree)
    found = list(walk(data))
    assert [place for place, _, _ in found] == list(wanted) and not any(twice for _, _, twice in found)
    for place, at, _ in found:
        value, _ = json.JSONDecoder().raw_decode(data.decode()[at:])
        assert value == wanted[place]
        assert place == () or offset_of(data, place) == at
        assert line_of(data, at) == data[:at].count(b"\n") + 1
    assert offset_of(data, ()) == -1 and line_of(data, -1) == 0


def test_a_place_that_is_not_there_is_told_by_what_holds_it() -> None:
    data = b'{"a": [1, {"b": 2}], "c": 3}'
    assert offset_of(data, ("a", 1, "z")) == data.index(b'{"b"')
    assert offset_of(data, ("a", 7)) == data.index(b"[")
    assert offset_of(data, ("z",)) == 0


def refusal(data: bytes) -> RefusedJson:
    with pytest.raises(RefusedJson) as caught:
        safe_json.scan(data)
    return caught.value


def test_a_key_that_stands_twice_is_refused_at_its_place() -> None:
    data = b'{"a": 1,\n "b": {"c": 1,\n "c": 2}}'
    fault = refusal(data)
    assert "the key “c” stands twice" in str(fault)
    assert fault.offset == data.rindex(b'"c"')
    assert safe_json.scan(b'[{"a": 1}, {"a": 2}]') == [{"a": 1}, {"a": 2}]


def test_depth_up_to_the_bound() -> None:
    most = safe_json.MAX_DEPTH
    assert safe_json.scan(b"[" * most + b"]" * most)
    fault = refusal(b"[" * (most + 1) + b"]" * (most + 1))
    assert f"deeper than {most} levels" in str(fault) and fault.offset == most
    assert safe_json.scan(b'["' + b"[" * 5000 + b'"]')  # in a text they nest nothing
    mixed = b'{"a":[' * (most // 2 + 1) + b"]}" * (most // 2 + 1)
    assert "deeper" in str(refusal(mixed))


def test_numbers_up_to_the_bound() -> None:
    assert safe_json.scan(str(2**53).encode()) == 2**53 and safe_json.scan(str(-(2**53)).encode()) == -(2**53)
    for number in (2**53 + 1, -(2**53) - 1):
        assert "whole numbers go to 2^53" in str(refusal(f'{{"a": [{number}]}}'.encode()))
    data = b'{"a": [1e400]}'
    fault = refusal(data)
    assert "larger than a computer can hold" in str(fault) and fault.offset == data.index(b"1e")
    data = b'{"a": ' + b"1" * 41 + b"}"
    assert "more than 40 digits" in str(refusal(data)) and refusal(data).offset == 6
    assert "digits" not in str(refusal(b"1" * 40))
    assert safe_json.scan(b"0." + b"1" * 38) == pytest.approx(1 / 9)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ends in the middle"),
        (b'{"a": 1', "ends in the middle"),
        (b'{"a": NaN}', "NaN and Infinity are no numbers here"),
        (b'{"a": -Infinity}', "NaN and Infinity are no numbers here"),
        (b'{"NaN": x}', "it is no valid JSON"),
        (b"{'a': 1}", "it is no valid JSON"),
        (b'{"a": 1} 2', "it is no valid JSON"),
        (b'"\xff"', "it is no valid JSON"),
    ],
)
def test_what_is_no_json_is_refused(data: bytes, words: str) -> None:
    assert words in str(refusal(data))


def test_where_a_text_ends_too_early() -> None:
    assert refusal(b'{"a": 1').offset == 7
    assert refusal(b'{"a": x}').offset == 6
