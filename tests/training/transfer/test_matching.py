"""The table of what a file gives to a network, from names, shapes and types alone."""

from __future__ import annotations

from visualnet.training.transfer.matching import match_tensors

NET = {
    "conv.weight": ((6, 1, 5, 5), "F32"),
    "conv.bias": ((6,), "F32"),
    "norm.weight": ((6,), "F32"),
    "norm.running_mean": ((6,), "F32"),
    "fc.weight": ((10, 84), "F32"),
    "steps": ((), "I64"),
}


def rows(table: object) -> list[tuple[str, str, str]]:
    return [(m.name, m.source, m.words) for m in table.matches]  # type: ignore[attr-defined]


def test_the_same_network_matches_by_name() -> None:
    table = match_tensors(NET, NET)
    assert {m.words for m in table.matches} == {"same name"} and dict(table.taken) == {n: n for n in NET}
    assert table.unused == () and table.summary == "6 of 6 tensors taken over."


def test_other_names_match_by_shape_order_and_kind() -> None:
    """A normalization's scale, shift and mean have one shape: only what is called alike at its end stands for it."""
    file = {f"features.{i}.{n.rpartition('.')[2]}": spec for i, (n, spec) in enumerate(NET.items())}
    table = match_tensors(NET, file)
    assert [source for _, source, _ in rows(table)] == list(file)
    assert {words for _, _, words in rows(table)} == {"same shape and order"}


def test_a_head_for_other_classes_begins_fresh_and_says_why() -> None:
    table = match_tensors(NET, {**NET, "fc.weight": ((1000, 84), "F32")})
    assert rows(table)[4] == ("fc.weight", "", "the file has it as 1000×84, the network as 10×84")
    assert table.unused == ("fc.weight",)
    assert table.summary == "5 of 6 tensors taken over, 1 begin fresh; 1 tensor of the file not used."


def test_kinds_of_numbers_and_numbers_that_are_none() -> None:
    table = match_tensors(NET, {**NET, "conv.weight": ((6, 1, 5, 5), "F16"), "steps": ((), "F32")}, {"conv.bias"})
    told = {name: (source, words) for name, source, words in rows(table)}
    assert told["conv.weight"] == ("conv.weight", "same name"), "half precision is read"
    assert told["steps"] == ("", "the file has it as F32, the network as I64")
    assert told["conv.bias"] == ("", "the file's numbers there are not all finite")


def test_nothing_fits() -> None:
    table = match_tensors(NET, {"x": ((3,), "F32")})
    assert not table.taken and "fresh" in table.summary and table.unused == ("x",)
    assert {words for _, _, words in rows(table)} == {"the file has nothing of this shape that is left"}
