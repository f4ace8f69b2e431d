"""Presets are kept, chosen, forgotten; a broken file is told and never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from visualnet.core.errors import FileError
from visualnet.core.user import presets


def test_kept_chosen_and_forgotten() -> None:
    assert presets.presets_of("conv2d").presets == {} and presets.first_values("conv2d") == {}
    presets.keep_preset("conv2d", " 3×3, same ", {"kernel_size": (3, 3), "padding": "same", "out_channels": "2*width"})
    presets.keep_preset("conv2d", "big", {"kernel_size": 7})
    assert presets.presets_of("conv2d").presets["3×3, same"] == {
        "kernel_size": (3, 3),
        "padding": "same",
        "out_channels": "2*width",
    }
    assert presets.first_values("conv2d") == {}
    presets.begin_with("conv2d", "big")
    assert presets.first_values("conv2d") == {"kernel_size": 7} and presets.first_values("linear") == {}
    presets.drop("conv2d", "big")
    assert presets.first_values("conv2d") == {} and list(presets.presets_of("conv2d").presets) == ["3×3, same"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("", {}),
        ("x" * 61, {}),
        ("a\u202eb", {}),
        ("ok", {"x": float("nan")}),
        ("ok", {"x": [0] * 2000}),
        ("ok", {"": 1}),
    ],
)
def test_what_no_file_can_hold_is_refused(name: str, values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"a preset|is |entries|name"):
        presets.keep_preset("conv2d", name, values)
    assert not presets.presets_path().exists()


def test_not_more_than_a_hundred_of_a_kind() -> None:
    for number in range(3):
        presets.keep_preset("relu", f"p{number}", {})
    full = {"relu": {"presets": {f"p{n}": {} for n in range(presets.MAX_EACH)}}}
    presets.presets_path().write_text(json.dumps(full))
    with pytest.raises(ValueError, match="100"):
        presets.keep_preset("relu", "one more", {})
    with pytest.raises(ValueError, match="not there"):
        presets.begin_with("relu", "none such")


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"conv2d": {"presets": {"a": {"x": NaN}}}}',
        '{"conv2d": {"presets": {}, "default": "gone"}}',
        '{"../x": {"presets": {}}}',
        '{"conv2d": {"presets": {}, "more": 1}}',
        '{"conv2d": {"presets": {"a\\u202e": {}}}}',
        '{"a": ' + "[" * 5000,
        " " * (presets.MAX_BYTES + 1),
    ],
)
def test_a_broken_file_counts_as_empty_and_stays_as_it_is(text: str) -> None:
    presets.presets_path().write_text(text)
    assert presets.first_values("conv2d") == {}
    with pytest.raises(FileError, match=r"presets\.json"):
        presets.keep_preset("conv2d", "mine", {})
    assert presets.presets_path().read_text() == text


def test_a_folder_that_cannot_be_looked_into_is_told_in_the_systems_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(presets.presets_path()), "stat", refuse)
    with pytest.raises(FileError, match=r"^presets\.json: Permission denied") as caught:
        presets.preset_groups()
    assert "Errno" not in str(caught.value)
