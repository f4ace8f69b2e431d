"""Bends, frames, notes and bookmarks of a file: read at their bounds, refused beyond them with the place in words."""

from __future__ import annotations

from typing import Any

import pytest

from visualnet.core.graph import ANNOTATION_KINDS, COLOURS, Port
from visualnet.core.names import MAX_TEXT
from visualnet.core.storage.decoding.decode_annotations import (
    decode_annotations,
    decode_bends,
    decode_bookmarks,
    encode_annotation,
)
from visualnet.core.storage.safe_json import RefusedJson
from visualnet.core.validation import FAR, MAX_ANNOTATIONS, MAX_BENDS, MAX_BOOKMARKS

WIRES = [Port("n2", "x")]
NOTE = {
    "id": "r1",
    "kind": ANNOTATION_KINDS[0] if isinstance(ANNOTATION_KINDS, tuple | list) else next(iter(ANNOTATION_KINDS)),
    "area": [1, 2, 300, 200],
}


def refused(read: Any, raw: Any, *more: Any) -> str:
    with pytest.raises(RefusedJson) as caught:
        read(raw, *more)
    return str(caught.value)


def test_bends_of_wires() -> None:
    assert decode_bends({"n2.x": [[1, 2.5], [-3, 4]]}, WIRES) == {Port("n2", "x"): ((1.0, 2.5), (-3.0, 4.0))}
    assert decode_bends({}, WIRES) == {}
    assert len(decode_bends({"n2.x": [[0, 0]] * MAX_BENDS}, WIRES)[Port("n2", "x")]) == MAX_BENDS


@pytest.mark.parametrize(
    "raw",
    [[], {"n3.x": [[1, 2]]}, {"n2.y": [[1, 2]]}, {"n2": [[1, 2]]}, {"n2.x": []}, {"n2.x": {}}, {"n2.x": [[1]]}, {"n2.x": [[1, 2, 3]]},
     {"n2.x": [[1, "2"]]}, {"n2.x": [[1, True]]}, {"n2.x": ["ab"]}, {"n2.x": [[0, 0]] * (MAX_BENDS + 1)}, {"n2.x": [[0, 2 * FAR]]},
     {"n2.x": [[-2 * FAR, 0]]}],
)  # fmt: skip
def test_bends_that_are_none(raw: Any) -> None:
    assert refused(decode_bends, raw, WIRES)


def test_an_annotation_and_back() -> None:
    full = {**NOTE, "text": "two\nlines", "colour": max(COLOURS), "later": {"a": 1}}
    (annotation,) = decode_annotations([full]).values()
    assert (annotation.id, annotation.text, annotation.area) == ("r1", "two\nlines", (1.0, 2.0, 300.0, 200.0))
    assert encode_annotation(annotation) == full
    (bare,) = decode_annotations([{"id": "r999999999"}]).values()
    assert encode_annotation(bare) == {"id": "r999999999", "kind": bare.kind, "area": list(bare.area)}
    assert len(decode_annotations([{"id": f"r{i}"} for i in range(1, MAX_ANNOTATIONS + 1)])) == MAX_ANNOTATIONS
    assert decode_annotations([{**NOTE, "text": "x" * MAX_TEXT}])


@pytest.mark.parametrize(
    "changed",
    [{"id": "r0"}, {"id": "n1"}, {"id": "r1x"}, {"id": "r1234567890"}, {"id": 1}, {"kind": "zebra"}, {"kind": 2}, {"colour": "zebra"},
     {"text": None}, {"text": "a\u202eb"}, {"text": "x" * (MAX_TEXT + 1)}, {"area": [1, 2, 3]}, {"area": [1, 2, 3, None]},
     {"area": (1, 2, 3, 4)}, {"area": [FAR * 1.01, 0, 1, 1]}, {"area": [0, -FAR * 1.01, 1, 1]}],
)  # fmt: skip
def test_annotations_that_are_none_name_the_field(changed: dict[str, Any]) -> None:
    (field,) = changed
    words = refused(decode_annotations, [{"id": "r7"}, {**NOTE, **changed}])
    with pytest.raises(RefusedJson) as caught:
        decode_annotations([{"id": "r7"}, {**NOTE, **changed}])
    assert field in str(vars(caught.value)) + words and "1" in str(vars(caught.value)) + words


def test_two_of_one_id_and_too_many() -> None:
    assert "another annotation has the id “r1”" in refused(decode_annotations, [NOTE, NOTE])
    assert f"{MAX_ANNOTATIONS + 1:,} frames and notes" in refused(decode_annotations, [NOTE] * (MAX_ANNOTATIONS + 1))
    assert "a list" in refused(decode_annotations, {}) and "an object" in refused(decode_annotations, [[]])


def test_bookmarks_have_a_scale_within_bounds() -> None:
    raw = {"a": [1, 2, 3], "b" * 80: [0, 0, 1e6], "c": [0, 0, 0]}
    assert decode_bookmarks(raw) == {"a": (1.0, 2.0, 3.0), "b" * 80: (0.0, 0.0, 100.0), "c": (0.0, 0.0, 0.001)}
    assert len(decode_bookmarks({f"v{i}": [0, 0, 1] for i in range(MAX_BOOKMARKS)})) == MAX_BOOKMARKS


@pytest.mark.parametrize(
    "raw",
    [[], {"": [0, 0, 1]}, {"b" * 81: [0, 0, 1]}, {"a\u200bb": [0, 0, 1]}, {"a": [0, 0]}, {"a": "abc"}, {"a": [0, 0, "1"]},
     {f"v{i}": [0, 0, 1] for i in range(MAX_BOOKMARKS + 1)}],
)  # fmt: skip
def test_bookmarks_that_are_none(raw: Any) -> None:
    assert refused(decode_bookmarks, raw)
