"""A prediction in words and in order."""

from __future__ import annotations

import numpy as np

from visualnet.figures.prediction import Prediction, rgb_levels


def test_a_prediction_in_words() -> None:
    p = np.full(10, 0.02)
    p[3] = 0.82
    assert Prediction("Sample 7", p, tuple("0123456789"), 3).headline == "Sample 7: predicted 3, label 3"
    assert Prediction("Sample 7", p, tuple("0123456789")).headline == "Sample 7: predicted 3"
    bad = Prediction("x", np.array([np.nan, 0.5]), ("a", "b"))
    assert bad.headline == "x: the prediction is not finite" and bad.best == 1


def test_many_classes_show_the_probable_and_the_true_one() -> None:
    told = Prediction("x", np.linspace(0, 1, 1000), tuple(map(str, range(1000))), 7)
    assert told.shown_classes(10) == [7, *range(991, 1000)]
    assert told.shown_classes(1000) == list(range(1000))


def test_a_colour_picture_uses_all_levels() -> None:
    pixels = rgb_levels(np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 2, 2))
    assert pixels.shape == (2, 2, 3) and (pixels.min(), pixels.max()) == (0, 255)
