"""The types of parameters: what they read at their bounds, what they refuse in words, how they are shown; the schema says the same."""

from __future__ import annotations

from typing import Any

import pytest

from visualnet.layers import LAYERS
from visualnet.layers.declaration import params
from visualnet.layers.declaration.params import BIG, Bool, Choice, Code, Field, Float, Floats, Int, Ints, Param, Text


def named(param: Any, name: str = "size") -> Any:
    param.name = name
    return param


def refusal(param: Param, raw: Any, scope: dict[str, Any] | None = None) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        param.read(raw, scope or {})
    return str(caught.value)


INT = named(Int(3, "", low=1, high=2_000))
FLOAT = named(Float(0.5, "", low=-1.5, high=1_000.0), "rate")
PAIR = named(Ints((3, 3), "", rank=2, low=0, high=9, words={"same": "as large as before"}))
SOME = named(Ints((1,), "", low=-2, high=9, longest=3))
MANY = named(Floats("", none="all alike", low=0.0, high=10.0, longest=3), "weight")
OPEN_INT = named(Int(None, "", none="not bounded"))
OPEN_FLOAT = named(Float(0.0, "", none="off"))
OPEN_INTS = named(Ints(None, "", rank=2, none="as the kernel"))
OPTIONS = named(Choice("a", "", {"a": "the first", "b": "the second"}), "mode")
SWITCH = named(Bool(True, ""), "norm_first")
FIELD = named(Field("image", ""), "field")


@pytest.mark.parametrize(
    ("param", "raw", "value"),
    [
        (INT, 1, 1),
        (INT, 2_000, 2_000),
        (INT, "2*c", 16),
        (OPEN_INT, None, None),
        (FLOAT, -1.5, -1.5),
        (FLOAT, 1_000, 1_000),
        (FLOAT, "c / 16", 0.5),
        (OPEN_FLOAT, None, None),
        (PAIR, 0, (0, 0)),
        (PAIR, (1, 9), (1, 9)),
        (PAIR, ("c", 1), (8, 1)),
        (PAIR, "same", "same"),
        (PAIR, "c", (8, 8)),
        (SOME, 4, (4,)),
        (SOME, (), ()),
        (SOME, (-2, 0, 9), (-2, 0, 9)),
        (OPEN_INTS, None, None),
        (params.shape([1], ""), (1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 4, 5, 6, 7, 8)),
        (MANY, None, ()),
        (MANY, 2, (2.0,)),
        (MANY, (0, 10, "c / 16"), (0.0, 10.0, 0.5)),
        (OPTIONS, "b", "b"),
        (SWITCH, False, False),
        (FIELD, "my_field2", "my_field2"),
        (FIELD, "f" * 64, "f" * 64),
    ],
)
def test_what_is_read(param: Param, raw: Any, value: Any) -> None:
    found = param.read(raw, {"c": 8})
    assert (found == value and isinstance(found, type(value))) or float(found) == value


@pytest.mark.parametrize(
    ("param", "raw", "words"),
    [
        (INT, 0, "size is 0; it must be at least 1"),
        (INT, 2_001, "size is 2,001; it must be at most 2,000"),
        (INT, None, "size wants one whole number, not null"),
        (INT, (1, 2), "size wants one whole number, not 2 values"),
        (FLOAT, -1.6, "rate is -1.6; it must be at least -1.5"),
        (FLOAT, 1_001, "rate is 1,001.0; it must be at most 1,000.0"),
        (FLOAT, None, "rate wants a number, not null"),
        (FLOAT, (1,), "rate wants a number, not 1 values"),
        (PAIR, None, "size wants 2 whole numbers, not null"),
        (PAIR, (1, 2, 3), "size wants 2 numbers, not 3"),
        (PAIR, (1, 10), "size is 10; it must be at most 9"),
        (PAIR, -1, "size is -1; it must be at least 0"),
        (SOME, None, "size wants some whole numbers, not null"),
        (SOME, (1, 1, 1, 1), "size wants at most 3 numbers, not 4"),
        (MANY, (1, 1, 1, 1), "weight wants at most 3 numbers, not 4"),
        (MANY, (1, True), "weight wants numbers, not true"),
        (MANY, (1, None), "weight wants numbers, not null"),
        (MANY, (1, (2, 3)), "weight wants numbers, not 2 values"),
        (MANY, -1, "weight is -1.0; it must be at least 0.0"),
        (OPTIONS, "c", "mode is “c”; it can be a, b"),
        (OPTIONS, None, "mode is null; it can be a, b"),
        (OPTIONS, False, "mode is false; it can be a, b"),
        (SWITCH, 1, "norm_first wants true or false, not 1"),
        (SWITCH, "x" * 100, "norm_first wants true or false, not “" + "x" * 56 + "…"),
        (FIELD, "a/b", "field wants the name of a data field (letters, digits, _), not “a/b”"),
        (FIELD, "", "field wants the name of a data field (letters, digits, _), not “”"),
        (FIELD, 5, "field wants the name of a data field (letters, digits, _), not 5"),
    ],
)
def test_what_is_refused_in_words(param: Param, raw: Any, words: str) -> None:
    assert refusal(param, raw) == words


def test_a_size_has_at_most_eight_axes() -> None:
    assert refusal(named(params.shape([1], "")), (1,) * 9) == "size wants at most 8 numbers, not 9"


def test_a_name_of_a_field_has_an_end() -> None:
    assert "wants the name" in refusal(FIELD, "f" * 65)


def test_a_text_is_bounded_plain_and_checked() -> None:
    def check(text: str) -> None:
        if "zebra" in text:
            raise ValueError("there are no zebras")

    line = named(Text("", "", check=check, longest=6), "rule")
    assert line.read("a\nbcdé"[:5], {}) == "a\nbcd"
    assert line.read("abcdef", {}) == "abcdef"
    assert refusal(line, "abcdefg") == "rule has 7 characters; 6 are allowed"
    assert "allowed" in refusal(line, "ééé" + "e")  # bytes count
    assert refusal(line, "zebra") == "rule: there are no zebras"
    assert refusal(line, 5) == "rule wants a text, not 5"
    assert refusal(line, "a\u202eb") == "rule holds hidden characters"
    assert line.card_text("abc") == ""
    assert named(Text("", "", check=check, card=True), "rule").card_text("abc") == "abc"
    assert named(Text("", "", check=check, phrase="as {}"), "rule").card_text("abc") == "as abc"
    assert Code("", "", check=check).short("a\nb\nc") == "3 lines"


@pytest.mark.parametrize(
    ("param", "value", "words"),
    [
        (INT, -3, "−3"),
        (OPEN_INT, None, "not bounded"),
        (FLOAT, -0.25, "−0.25"),
        (FLOAT, 1e-05, "1e−05"),
        (OPEN_FLOAT, None, "off"),
        (PAIR, (3, 3), "3"),
        (PAIR, (3, 5), "3×5"),
        (PAIR, "same", "same"),
        (OPEN_INTS, None, "as the kernel"),
        (named(Ints((3, 3), "", rank=2, full=True)), (3, 3), "3×3"),
        (SOME, (-1, -1), "−1×−1"),
        (SOME, (), "1"),
        (MANY, (), "all alike"),
        (MANY, (1.0, -0.5), "1 × −0.5"),
        (MANY, (1.0, 2.0, 3.0, 4.0), "1 × 2 × 3 × 4"),
        (MANY, (1.0, 2.0, 3.0, 4.0, 5.0), "1 × 2 × 3 × 4 × … (5)"),
        (SWITCH, True, "norm first"),
        (SWITCH, False, "no norm first"),
    ],
)
def test_how_a_value_is_shown(param: Param, value: Any, words: str) -> None:
    assert param.short(value) == words


def test_how_a_card_says_it() -> None:
    assert named(Int(1, ""), "out_channels").card_text(4) == "out channels 4"
    assert named(Int(1, "", card=True), "out_channels").card_text(4) == "4"
    assert named(Int(1, "", phrase="{} heads"), "heads").card_text(4) == "4 heads"
    assert (
        SWITCH.card_text(False) == "no norm first"
        and named(Bool(True, "", phrase="normed"), "n").card_text(True) == "normed"
    )
    assert (
        OPTIONS.card_text("a") == "a"
        and named(Choice("a", "", {"a": ""}, phrase="by {}"), "m").card_text("a") == "by a"
    )


def test_a_number_for_each_axis_of_the_class() -> None:
    kernel = named(Ints((3,), "", per_axis=True, full=True, unit="px"), "kernel_size")
    one, two, three = (kernel.along(axes) for axes in ("L", "HW", "DHW"))
    assert [(p.rank, p.default) for p in (one, two, three)] == [(1, (3,)), (2, (3, 3)), (3, (3, 3, 3))]
    assert [p.unit for p in (one, two, three)] == ["", "px", ""]
    assert one.card_text((3,)) == "kernel 3" and two.phrase == three.phrase == ""
    assert kernel.along("") is kernel and two.along("L") is two
    assert kernel.rank == 0 and kernel.default == (3,)  # the declaration itself stays
    assert named(Ints(None, "", per_axis=True), "stride").along("HW").default is None
    stride = named(Ints((1,), "", per_axis=True), "stride").along("L")
    assert stride.phrase == "" and stride.card_text((2,)) == "stride 2"


def test_the_schema_says_the_bounds() -> None:
    number = {"type": "integer", "minimum": 1, "maximum": 2_000}
    assert INT.schema() == {"anyOf": [number, {"type": "string"}], "description": "", "default": 3}
    assert OPEN_INT.schema()["anyOf"][-1] == {"type": "null"} and OPEN_INT.schema()["anyOf"][0]["maximum"] == BIG
    assert FLOAT.schema()["anyOf"][0] == {"type": "number", "minimum": -1.5, "maximum": 1_000.0}
    assert len(FLOAT.schema()["anyOf"]) == 2 and len(OPEN_FLOAT.schema()["anyOf"]) == 3
    several = PAIR.schema()["anyOf"][2]
    assert (several["minItems"], several["maxItems"]) == (2, 2)
    assert (SOME.schema()["anyOf"][2]["minItems"], SOME.schema()["anyOf"][2]["maxItems"]) == (0, 3)
    assert len(PAIR.schema()["anyOf"]) == 3 and OPEN_INTS.schema()["anyOf"][-1] == {"type": "null"}
    assert MANY.schema()["anyOf"][2]["maxItems"] == 3
    assert OPTIONS.schema()["enum"] == ["a", "b"] and FIELD.schema()["maxLength"] == 64


def test_what_a_declaration_may_be_written_with() -> None:
    assert (params.count(1, "").low, params.count(1, "", low=0).low) == (1, 0)
    assert (params.index(1, "").low, params.index(1, "").high) == (-8, 8)
    assert (params.axes([1, 2], "").default, params.axes([1], "").low, params.axes([1], "").high) == ((1, 2), -8, 8)
    assert params.size(3, 2, "").default == (2, 2, 2) and params.size(2, None, "").default is None
    assert params.shape([3], "").low == params.per_axis(3, "").low == params.size(1, 1, "").low == 1
    assert params.per_axis(3, "").per_axis and not params.shape([3], "").per_axis
    assert isinstance(params.flag(True, ""), Bool) and isinstance(params.reals("", none=""), Floats)


def test_every_default_of_every_layer_reads_as_it_stands() -> None:
    for kind in LAYERS.values():
        for name, param in kind.params.items():
            assert param.name == name
            if isinstance(param, Int | Ints) and param.default is not None and not isinstance(param.default, str):
                assert param.read(param.default, {}) == param.default
