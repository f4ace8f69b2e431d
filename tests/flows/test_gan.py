"""A GAN in the window: opened, trained a little, and what it makes of the same random numbers changes before one's eyes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.flows.hands import Hands
from tests.flows.test_see_inside import is_drawn, open_panel
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.shell.window import Window


def made(view: ObservationView) -> NDArray[Any]:
    """The images that a picture shows now, by sample, row and column."""
    images: NDArray[Any] = view.shown_history()[-1][1].arrays["made"]
    return images


@pytest.mark.wide
def test_what_is_made_of_the_same_random_numbers_changes_while_it_trains(window: Window, hands: Hands) -> None:
    window.begin("dcgan")
    hands.rest(0.05)
    assert not [p for p in hands.studio.analysis.problems if p.severity == "error"]
    panel = open_panel(window, hands)
    view = panel.add("generated")
    hands.until(lambda: is_drawn(view), what="what it makes before any training")
    before = made(view)
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.busy, what="the training")
    window.show_panel("see_inside")  # a start brings the panels of a training to the front
    hands.until(
        lambda: view.shown_history() and not np.array_equal(made(view), before),
        what="other images of the same random numbers",
    )
    assert made(view).shape == before.shape
    window.runner.stop()
    hands.until(lambda: not window.runner.busy, what="the end of the run")
    scores = panel.add("judge_scores")
    hands.until(lambda: is_drawn(scores), what="the discriminator's scores")
    assert "real" in scores.widget.accessibleDescription()
