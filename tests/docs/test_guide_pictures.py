"""Every picture of the guide is made by steps that can still be done: what its page says, done in a window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.flows.hands import Hands
from tests.pictures.guide import PICTURES
from tests.pictures.guide_window import SIZE, Guide
from visualnet.app.shell.window import Window

STEPS = list(dict.fromkeys(PICTURES.values()))


@pytest.mark.wide
@pytest.mark.timeout(900)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_the_steps_of_a_picture_make_it(
    step: Callable[[Guide], None], window: Window, hands: Hands, tmp_path: Path
) -> None:
    window.set_mode("light")
    window.resize(*SIZE)
    guide = Guide(hands, tmp_path)
    step(guide)
    assert set(guide.kept) == {name for name, made_by in PICTURES.items() if made_by is step}
    for name in guide.kept:
        with Image.open(tmp_path / f"{name}.png") as image:
            colours = image.getcolors()
            assert image.width <= SIZE[0] and image.height <= SIZE[1]
            assert colours is not None and len(colours) > 8, f"{name} is empty"
