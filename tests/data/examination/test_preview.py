"""A few samples before and behind their preparation: what is shown of them while it is edited."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from visualnet.core.project import DataChoice, PreparationStep
from visualnet.data.examination import preview
from visualnet.data.examination.preview import preview_samples
from visualnet.data.inspect_source import choose


def test_tokens_are_shown_as_words(tmp_path: Path) -> None:
    lines = [f"good film {at},yes" if at % 2 else f"bad film {at},no" for at in range(20)]
    (tmp_path / "t.csv").write_text("text,label\n" + "\n".join(lines))
    choice, _ = choose("text", tmp_path / "t.csv", {})
    step = PreparationStep(kind="tokenise", options={"length": 2})
    found = preview_samples(replace(choice, preparation=(step,)), 4)
    assert {content.words for content in found.prepared} <= {"good·film", "bad·film"}
    assert found.augmented is None
    assert not found.partial


def test_steps_are_fitted_on_a_part_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MOST_FITTED", 20)
    choice = DataChoice(name="digits8x8", preparation=(PreparationStep(kind="normalise"),))
    assert preview_samples(choice, 3).partial
    assert not preview_samples(replace(choice, preparation=(PreparationStep(kind="rgb"),)), 3).partial


def test_what_cannot_be_read_is_left_out_of_what_is_shown(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for at in range(8):
        folder = tmp_path / ("a" if at % 2 else "b")
        folder.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (9 + at, 9, 3), np.uint8)).save(folder / f"{at}.png")
    choice, _ = choose("image_folder", tmp_path, {})
    choice = replace(choice, split=(1.0, 0.0, 0.0))
    assert len(preview_samples(choice, 8).raw) == 8
    for at in (2, 3):
        file = tmp_path / ("a" if at % 2 else "b") / f"{at}.png"
        file.write_bytes(file.read_bytes()[:60])
    found = preview_samples(choice, 8)
    assert len(found.raw) == len(found.prepared) == 6
    assert not found.trouble
    assert len({content.size for content in found.raw}) == 6
    assert len({content.size for content in found.prepared}) == 1, "one size behind the preparation that was proposed"
