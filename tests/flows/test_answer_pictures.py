"""An answer that is an image is drawn as one in the pane of predictions, beside what went in and what is true."""

from __future__ import annotations

import numpy as np
import pytest

from tests.flows.hands import Hands
from visualnet.analysis import infer
from visualnet.app.features.training.answer_pictures import GREATEST, IN, OUT, TRUE, pictures_of
from visualnet.app.shell.window import Window
from visualnet.core.storage import project_file
from visualnet.data.registry import fields_or_none
from visualnet.figures.charts.tiles import TilesChart
from visualnet.resources import resource


@pytest.mark.few(1)
@pytest.mark.parametrize(("template", "titles"), [("autoencoder", (IN, OUT)), ("unet-boundary", (IN, GREATEST, TRUE))])
def test_it_is_drawn_while_nothing_trains(window: Window, hands: Hands, template: str, titles: tuple[str, ...]) -> None:
    import torch  # noqa: F401  # what the window does in the background

    window.project_files.open_template(template)
    pane = window.show_panel("training").prediction
    hands.until(lambda: pane.stack.currentWidget() is pane.pictures, what="the picture of the answer")
    chart = pane.pictures.chart
    assert isinstance(chart, TilesChart)
    assert chart.titles == titles
    seen = window.runner.probes.seen
    answer = next(iter(seen.outputs.values()))
    assert chart.maps.shape[1:3] == answer.shape[1:]
    drawn = answer[0] if len(answer) == 1 else answer.argmax(0)
    grey = chart.maps[1][..., 0].astype(float)
    assert np.corrcoef(grey.reshape(-1), drawn.reshape(-1))[0, 1] > 0.99, "the answer itself is drawn"


def test_what_is_no_image_stays_numbers_and_many_channels_are_drawn_by_their_greatest() -> None:
    project = project_file.load(resource("templates", "autoencoder.vnet"))
    analysis = infer(project, None, fields_or_none(project.data) or {})
    assert pictures_of(analysis, "x", np.zeros(10), {}, "image") is None
    assert pictures_of(analysis, "x", np.zeros((1, 2, 9)), {}, "image") is None
    scores = np.random.default_rng(0).normal(size=(5, 8, 9))
    scores[:, 3, 3] = np.nan
    chart = pictures_of(analysis, "x", scores, {"image": np.zeros((1, 12, 8), np.float32)}, "image")
    assert chart is not None
    assert chart.titles == (IN, GREATEST)
    assert chart.maps.shape == (2, 12, 9, 3)
    odd = pictures_of(analysis, "x", np.full((1, 8, 8), np.nan), {}, "image")
    assert odd is not None
    assert not odd.maps.any()
