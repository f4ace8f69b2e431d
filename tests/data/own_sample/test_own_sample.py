"""A sample that a person made: through the same steps as the data, and a digit in the form of MNIST's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.contract.source_makers.images import many_sizes_in_parts
from visualnet.core.project import DataChoice, PreparationStep
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.own_sample.drawing import centre_drawing, fit_picture, has_white_paper
from visualnet.data.own_sample.inputs import list_inputs
from visualnet.data.own_sample.prepare import measure_ranges, prepare_own, raw_samples


def test_a_drawing_is_centred_and_scaled_as_digits_of_mnist_are() -> None:
    ink = np.zeros((280, 280), np.float32)
    ink[10:130, 5:35] = 1
    digit = centre_drawing(ink, 28, 28)
    rows, columns = np.flatnonzero(digit.any(1)), np.flatnonzero(digit.any(0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == (20, 5)
    centre = (digit * np.arange(28)[:, None]).sum() / digit.sum(), (digit * np.arange(28)).sum() / digit.sum()
    assert np.allclose(centre, 13.5, atol=0.6)
    assert digit.min() >= 0 and digit.max() <= 1
    assert not centre_drawing(np.zeros((50, 50)), 28, 28).any()


@pytest.mark.parametrize("sample", range(0, 40, 5))
def test_a_digit_of_mnist_is_where_it_was(sample: int) -> None:
    """What is centred and scaled already changes by a pixel at most."""
    image = load(DataChoice()).sample(sample, ("image",))["image"]
    again = centre_drawing(np.kron(image[0], np.ones((10, 10), np.float32)), 28, 28)
    shifts = [np.roll(again, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    assert min(np.abs(shift - image[0]).mean() for shift in shifts) < 0.05


def test_a_picture_gets_channels_and_size_of_the_field() -> None:
    photo = np.random.default_rng(0).random((3, 20, 30), np.float32)
    assert fit_picture(photo, (1, 28, 28)).shape == (1, 28, 28)
    assert np.array_equal(fit_picture(photo, (3, 0, 0)), photo)
    assert fit_picture(photo[:1], (3, 10, 10)).shape == (3, 10, 10)


def test_the_colour_of_paper_is_seen() -> None:
    images = np.zeros((4, 1, 9, 9), np.float32)
    images[:, :, 3:6, 3:6] = 1
    assert not has_white_paper(images) and has_white_paper(1 - images)


def test_an_own_picture_goes_through_the_steps_of_the_data(tmp_path: Path) -> None:
    many_sizes_in_parts(tmp_path)
    chosen, _ = choose("image_folder", tmp_path, {})
    data = load(chosen)
    (wanted,) = list_inputs(chosen)
    assert (wanted.field, wanted.kind) == ("image", "image") and 0 in wanted.spec.shape
    raw = raw_samples(data).fetch(np.array([3]), ("image",))["image"][0]
    found = prepare_own(data, {"image": raw}, beside=7)
    assert list(found) == ["image"]
    assert np.array_equal(found["image"], data.sample(3, ("image",))["image"])


def test_numbers_have_names_and_ranges_of_the_training_part() -> None:
    choice = DataChoice(name="points")
    data = load(choice)
    (wanted,) = list_inputs(choice)
    assert wanted.kind == "numbers" and [column.name for column in wanted.columns] == ["x1", "x2"]
    low, high = measure_ranges(data, wanted.field)
    train = data.whole(wanted.field)[data.train]
    assert np.allclose(low, train.min(0)) and np.allclose(high, train.max(0))


def test_what_does_not_fit_says_so() -> None:
    data = load(DataChoice(name="digits8x8", preparation=(PreparationStep(kind="resize"),)))
    assert prepare_own(data, {"image": np.zeros((1, 8, 8), np.float32)}, 0)["image"].shape == (1, 64, 64)
    with pytest.raises(ValueError, match="1×3×3; the network reads 1×8×8"):
        prepare_own(load(DataChoice(name="digits8x8")), {"image": np.zeros((1, 3, 3), np.float32)}, 0)
