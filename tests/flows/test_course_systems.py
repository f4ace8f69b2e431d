"""Systems of the course in a whole window: masks over images, a forecast beside what came, and words that a text teaches by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.flows.hands import Hands
from tests.flows.test_see_inside import entries, is_drawn, open_panel
from tests.flows.test_try_it import drop
from tests.flows.test_try_it import open_panel as open_try_it
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.features.see_inside.panel import SeeInsidePanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.figures.charts.curves import CurveChart
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.resources import resource


def open_smaller(window: Window, folder: Path, template: str, data: dict[str, Any], **recipe: Any) -> None:
    """A template with fewer samples and epochs, opened from a file."""
    project = project_file.load(resource("templates", f"{template}.vnet"))
    project = edits.set_recipe(edits.set_data(project, **data), device="cpu", **recipe)
    project_file.save(folder / "smaller.vnet", project)
    window.project_files.open(folder / "smaller.vnet")


def add_picture(panel: SeeInsidePanel, family: str, title: str) -> ObservationView:
    """Choose a picture in the menu of *Add picture*."""
    next(action for action in entries(panel._menu)[family].actions() if action.text() == title).trigger()
    return panel.views[-1]


def train(window: Window, hands: Hands, epochs: int) -> Any:
    """Press Train and wait for so many epochs; what the run told."""
    hands.until(lambda: window.actions_["train.start"].isEnabled(), what="Train")
    hands.press(window.topbar, "Train")
    runner = window.runner
    window.show_panel("see_inside")
    hands.until(lambda: runner.model is not None and len(runner.model.epochs) >= epochs, what=f"{epochs} epochs")
    return runner.model


@pytest.mark.wide
def test_masks_are_seen_over_the_images_while_a_unet_learns(window: Window, hands: Hands, tmp_path: Path) -> None:
    open_smaller(
        window, tmp_path, "unet-boundary", {"options": {"n": 60, "side": 64}}, epochs=6, lr=0.005, batch_size=2
    )
    view = add_picture(open_panel(window, hands), "Samples", "Mask over the image")
    hands.until(lambda: is_drawn(view), what="the masks of fresh weights")
    before = view.widget.chart
    assert isinstance(before, PictureRows) and [row.title for row in before.lines[:2]] == ["image", "true"]

    # The map of weights is 1 far away and larger along borders of the true mask.
    hands.click("weights")
    maps = window.show_panel("maps")
    hands.until(lambda: maps.isVisible(), what="the weights of the pixels")
    model = train(window, hands, 6)
    hands.until(lambda: window.runner.state == "idle", what="its end")
    losses = [epoch.train["loss"] for epoch in model.epochs]
    assert losses[-1] < 0.8 * losses[0], losses
    last = f"step {model.step:,}"
    hands.until(lambda: last in [row.title for row in view.widget.chart.lines], what="the masks at the end")
    after = view.widget.chart.lines
    assert np.array_equal(after[0].images, before.lines[0].images), "the same samples"
    early, late = after[2], next(row for row in after if row.title == last)
    assert len(after) >= 4 and not np.array_equal(early.images, late.images), "what is found has changed"
    assert max(float(words.rpartition(" ")[2]) for words in late.words) > 0.3, late.words


@pytest.mark.wide
def test_a_forecast_is_drawn_against_what_came_while_it_learns(window: Window, hands: Hands) -> None:
    window.project_files.open_template("gru-forecast")
    hands.studio.do("Short", lambda p: edits.set_recipe(p, epochs=12, device="cpu", lr=0.02))
    view = add_picture(open_panel(window, hands), "Samples", "Forecast against truth")
    hands.until(lambda: is_drawn(view), what="the forecast of fresh weights")
    model = train(window, hands, 12)
    hands.until(lambda: window.runner.state == "idle", what="its end")
    hands.until(lambda: f"step {model.step:,}" in curves(view), what="the last forecast")
    found = curves(view)
    known, came = found["known"], found["came"]
    said = found[f"step {model.step:,}"]
    assert said.x == came.x == tuple(map(float, range(1, 13))) and known.x[-1] == 0
    assert len(set(said.y)) == 12, "twelve values of their own"
    mae = [epoch.validation["mae"] for epoch in model.epochs]
    assert min(mae) < 0.19, "“it stays as it is” is off by 0.19 degrees"
    assert "ahead" in view.widget.accessibleDescription()


def curves(view: ObservationView) -> dict[str, Any]:
    """The lines of a chart by name."""
    chart = view.widget.chart
    assert isinstance(chart, CurveChart)
    return {curve.name: curve for curve in chart.curves}


@pytest.mark.wide
def test_what_bert_learned_from_texts_alone_tells_opinions(window: Window, hands: Hands, tmp_path: Path) -> None:
    # Before: weights that have read texts without a label fill in words that fit.
    window.project_files.open_template("bert-pretraining")
    panel = open_panel(window, hands)
    hands.until(lambda: window.actions_["train.use_trained"].isEnabled(), what="its trained weights")
    window.actions_.trigger("train.use_trained")
    view = add_picture(panel, "Samples", "Words filled in")
    hands.until(lambda: is_drawn(view), what="the words")
    hands.until(lambda: max(asked.shares[0] for asked in view.widget.chart.asked) > 0.5, what="what they have read")

    # After: fifty friendly and fifty unfriendly reviews are enough for the same encoder.
    project = project_file.load(resource("templates", "bert-opinions.vnet"))
    project_file.save(tmp_path / "opinions.vnet", edits.set_recipe(project, epochs=6, device="cpu", lr=0.001))
    window.project_files.open(tmp_path / "opinions.vnet")
    assert window.studio.project.recipe.start_from == "trained/bert-pretraining"
    model = train(window, hands, 6)
    hands.until(lambda: window.runner.state == "idle", what="its end")
    assert max(epoch.validation["accuracy"] for epoch in model.epochs) > 0.8


@pytest.mark.wide
def test_an_image_larger_than_the_input_is_answered_tile_by_tile(window: Window, hands: Hands, tmp_path: Path) -> None:
    window.project_files.open_template("unet-small")
    window.studio.do("Start from", lambda p: edits.set_recipe(p, start_from="trained/unet-small"))
    panel = open_try_it(window, hands)
    editor = panel.editors["image"]
    rng = np.random.default_rng(0)
    pixels = (rng.random((150, 230)) * 40).astype(np.uint8)
    pixels[30:120, 50:56], pixels[60:66, 20:200] = 255, 255
    Image.fromarray(pixels).save(tmp_path / "large.png")
    drop(editor, tmp_path / "large.png")
    hands.until(lambda: panel.large is not None and panel.answers.currentWidget() is panel.large, what="its answer")
    view = panel.large.view
    hands.until(lambda: is_drawn(view), what="the whole mask")
    (row,) = view.widget.chart.lines
    assert row.images.shape == (2, 150, 230, 3) and row.words[0] == "230×150 pixels"
    assert np.array_equal(row.images[0][..., 0], pixels), "all of the image, not made smaller"
    assert not np.array_equal(row.images[0], row.images[1]), "something was found"
    assert "tile by tile" in panel.words.text()

    # As large as one likes: it can be given up, and the data are looked at again.
    Image.fromarray(np.tile(pixels, (8, 5))).save(tmp_path / "huge.png")
    drop(editor, tmp_path / "huge.png")
    hands.until(lambda: view.stop.isVisible(), what="Cancel")
    hands.press(view, "Cancel")
    hands.until(lambda: not view.stop.isVisible(), what="that it has ended")
    hands.press(panel, "Back to the data")
    assert panel.answers.currentWidget() is panel.prediction
