"""Bends, frames, notes and bookmarks of a file: read at their bounds, refused beyond them with the place in words."""

from __future__ import annotations

from typing import Any

import pytest

from visualnet.core.graph import COLOURS, REMARKS, Port
from visualnet.core.names import MAX_TEXT
from visualnet.core.storage.decode_annotations import bends, bookmarks, encode_annotation, remarks
from visualnet.core.storage.safe_json import Refused
from visualnet.core.validation import FAR, MAX_BENDS, MAX_BOOKMARKS, MAX_REMARKS

WIRES = [Port("n2", "x")]
NOTE = {
    "id": "r1",
    "kind": REMARKS[0] if isinstance(REMARKS, tuple | list) else next(iter(REMARKS)),
    "area": [1, 2, 300, 200],
}


def refused(read: Any, raw: Any, *more: Any) -> str:
    with pytest.raises(Refused) as caught:
        read(raw, *more)
    return str(caught.value)


def test_bends_of_wires() -> None:
    assert bends({"n2.x": [[1, 2.5], [-3, 4]]}, WIRES) == {Port("n2", "x"): ((1.0, 2.5), (-3.0, 4.0))}
    assert bends({}, WIRES) == {}
    assert len(bends({"n2.x": [[0, 0]] * MAX_BENDS}, WIRES)[Port("n2", "x")]) == MAX_BENDS


@pytest.mark.parametrize(
    "raw",
    [[], {"n3.x": [[1, 2]]}, {"n2.y": [[1, 2]]}, {"n2": [[1, 2]]}, {"n2.x": []}, {"n2.x": {}}, {"n2.x": [[1]]}, {"n2.x": [[1, 2, 3]]},
     {"n2.x": [[1, "2"]]}, {"n2.x": [[1, True]]}, {"n2.x": ["ab"]}, {"n2.x": [[0, 0]] * (MAX_BENDS + 1)}, {"n2.x": [[0, 2 * FAR]]},
     {"n2.x": [[-2 * FAR, 0]]}],
)  # fmt: skip
def test_bends_that_are_none(raw: Any) -> None:
    assert refused(bends, raw, WIRES)


def test_a_remark_and_back() -> None:
    full = {**NOTE, "text": "two\nlines", "colour": max(COLOURS), "later": {"a": 1}}
    (remark,) = remarks([full]).values()
    assert (remark.id, remark.text, remark.area) == ("r1", "two\nlines", (1.0, 2.0, 300.0, 200.0))
    assert encode_annotation(remark) == full
    (bare,) = remarks([{"id": "r999999999"}]).values()
    assert encode_annotation(bare) == {"id": "r999999999", "kind": bare.kind, "area": list(bare.area)}
    assert len(remarks([{"id": f"r{i}"} for i in range(1, MAX_REMARKS + 1)])) == MAX_REMARKS
    assert remarks([{**NOTE, "text": "x" * MAX_TEXT}])


@pytest.mark.parametrize(
    "changed",
    [{"id": "r0"}, {"id": "n1"}, {"id": "r1x"}, {"id": "r1234567890"}, {"id": 1}, {"kind": "zebra"}, {"kind": 2}, {"colour": "zebra"},
     {"text": None}, {"text": "a\u202eb"}, {"text": "x" * (MAX_TEXT + 1)}, {"area": [1, 2, 3]}, {"area": [1, 2, 3, None]},
     {"area": (1, 2, 3, 4)}, {"area": [FAR * 1.01, 0, 1, 1]}, {"area": [0, -FAR * 1.01, 1, 1]}],
)  # fmt: skip
def test_remarks_that_are_none_name_the_field(changed: dict[str, Any]) -> None:
    (field,) = changed
    words = refused(remarks, [{"id": "r7"}, {**NOTE, **changed}])
    with pytest.raises(Refused) as caught:
        remarks([{"id": "r7"}, {**NOTE, **changed}])
    assert field in str(vars(caught.value)) + words and "1" in str(vars(caught.value)) + words


def test_two_of_one_id_and_too_many() -> None:
    assert "another remark has the id “r1”" in refused(remarks, [NOTE, NOTE])
    assert f"{MAX_REMARKS + 1:,} frames and notes" in refused(remarks, [NOTE] * (MAX_REMARKS + 1))
    assert "a list" in refused(remarks, {}) and "an object" in refused(remarks, [[]])


def test_bookmarks_have_a_scale_within_bounds() -> None:
    raw = {"a": [1, 2, 3], "b" * 80: [0, 0, 1e6], "c": [0, 0, 0]}
    assert bookmarks(raw) == {"a": (1.0, 2.0, 3.0), "b" * 80: (0.0, 0.0, 100.0), "c": (0.0, 0.0, 0.001)}
    assert len(bookmarks({f"v{i}": [0, 0, 1] for i in range(MAX_BOOKMARKS)})) == MAX_BOOKMARKS


@pytest.mark.parametrize(
    "raw",
    [[], {"": [0, 0, 1]}, {"b" * 81: [0, 0, 1]}, {"a\u200bb": [0, 0, 1]}, {"a": [0, 0]}, {"a": "abc"}, {"a": [0, 0, "1"]},
     {f"v{i}": [0, 0, 1] for i in range(MAX_BOOKMARKS + 1)}],
)  # fmt: skip
def test_bookmarks_that_are_none(raw: Any) -> None:
    assert refused(bookmarks, raw)
