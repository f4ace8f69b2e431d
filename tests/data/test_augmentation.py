"""What augmentation does to a batch: masks and boxes follow their image, targets are mixed as their samples, validation rests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from visualnet.core.project import DataChoice, PreparationStep
from visualnet.data.loading import load
from visualnet.data.preparation.augmentation import functions
from visualnet.data.preparation.registry import STEPS, make_steps, prepared_specs
from visualnet.data.tensors import Tensors
from visualnet.layers.declaration.layer import Spec

SIZE = 32
FIELDS = {
    "image": Spec((1, SIZE, SIZE), ("C", "H", "W")),
    "mask": Spec((SIZE, SIZE), ("H", "W"), "int", classes=2),
    "boxes": Spec((2, 4), ("N", "")),
    "box_labels": Spec((2,), ("N",), "int", classes=3),
}


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def make_rectangles(count: int = 24) -> dict[str, torch.Tensor]:
    """Images of one white rectangle, with its mask and its box, and a second box that is none."""
    rng = np.random.default_rng(0)
    batch = {name: torch.zeros(count, *spec.shape, dtype=torch.int64) for name, spec in FIELDS.items()}
    batch["image"], batch["boxes"] = batch["image"].float(), batch["boxes"].float()
    batch["box_labels"][:, 1] = -100
    for at in range(count):
        left, top = rng.integers(4, 14, 2)
        right, bottom = left + rng.integers(6, 14), top + rng.integers(6, 14)
        batch["image"][at, :, top:bottom, left:right] = 1
        batch["mask"][at, top:bottom, left:right] = 1
        batch["boxes"][at, 0] = torch.tensor([left, top, right, bottom])
        batch["box_labels"][at, 0] = 2
    return batch


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("random_flip", {"vertical": 0.5}, 0.0),
        ("random_crop", {"padding": 20}, 0.0),
        ("random_rotation", {"degrees": 45.0}, 1.5),
        ("random_scale", {"low": 0.5, "high": 2.0}, 1.5),
    ],
)
def test_masks_and_boxes_follow_their_image(kind: str, options: dict[str, Any], tolerance: float) -> None:
    batch = make_rectangles()
    found = STEPS[kind](options).augment(batch, FIELDS, generator())
    assert not torch.equal(found["image"], batch["image"])
    assert (found["box_labels"][:, 1] == -100).all()
    assert (found["boxes"][:, 1] == 0).all()
    gone = 0
    for image, mask, boxes, labels in zip(*(found[name] for name in FIELDS), strict=True):
        assert ((image[0] - mask).abs() > 0.6).sum() <= (0 if tolerance == 0 else 6), "the mask is where the white is"
        rows, columns = (np.flatnonzero((image[0].amax(axis) > 0.5).numpy()) for axis in (1, 0))
        if labels[0] == -100:
            gone += 1
            assert not len(rows)
            continue
        seen = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        assert np.allclose(boxes[0], seen, atol=tolerance), (boxes[0], seen)
    assert gone < 24
    assert gone > 0 if kind == "random_crop" else gone == 0, "what is moved out of the image is no box any more"


def test_rotation_turns_about_the_middle_by_its_angle() -> None:
    """A quarter turn is exact, so each pixel can be told."""
    image = torch.arange(25.0).reshape(1, 1, 5, 5) / 25
    quarter = torch.full((1,), torch.pi / 2)
    found = functions.turn_and_scale({"image": image}, "image", quarter, torch.ones(1), (5, 5), "zeros")["image"]
    assert torch.allclose(found, image.rot90(1, (2, 3)), atol=1e-5)


def test_targets_are_mixed_as_their_samples_are() -> None:
    count = 4000
    label = torch.arange(count) % 2
    batch = {
        "image": label.float()[:, None, None, None].expand(-1, 1, 8, 8).clone(),
        "label": label,
        "y": label.float()[:, None],
    }
    fields = {"image": Spec((1, 8, 8), ("C", "H", "W")), "label": Spec((), (), "int"), "y": Spec((1,))}
    for kind, options in (("mixup", {"alpha": 1.0}), ("cutmix", {"probability": 1.0})):
        found = STEPS[kind](options).augment(batch, fields, generator())
        share = found["image"].mean((1, 2, 3))
        assert torch.allclose(share, found["y"][:, 0], atol=1e-5), "what is a number is mixed in the share of the image"
        assert found["label"].unique().tolist() == [0, 1]
        for low, high in ((0.1, 0.4), (0.4, 0.6), (0.6, 0.9)):
            chosen = (share > low) & (share < high)
            assert chosen.sum() > 100
            gap = found["label"][chosen].float().mean() - share[chosen].mean()
            assert abs(gap) < 0.08, "a class is drawn with the chance of its share"
    rest = STEPS["mixup"]({"probability": 0.0}).augment(batch, fields, generator())
    assert all(torch.equal(rest[name], batch[name]) for name in batch)
    masked = {**make_rectangles(), "label": torch.zeros(24, dtype=torch.int64)}
    pasted = STEPS["cutmix"]({"probability": 1.0}).augment(
        {n: masked[n] for n in ("image", "mask")}, FIELDS, generator()
    )
    assert torch.equal(pasted["image"][:, 0], pasted["mask"].float()), "a mask gets the same rectangle"


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_what_cannot_be_mixed_is_refused_with_a_way_out(kind: str) -> None:
    with pytest.raises(ValueError, match="boxes of two images cannot be mixed: take this step out"):
        STEPS[kind]({}).specs(FIELDS)
    texts = {"image": FIELDS["image"], "text": Spec((8,), ("T",), "int")}
    with pytest.raises(ValueError, match="“text” holds whole numbers, of which two cannot be mixed"):
        STEPS[kind]({}).specs(texts)


def test_colours_are_changed_before_the_mean_is_taken_out() -> None:
    steps = (PreparationStep(kind="normalise"), PreparationStep(kind="colour_jitter"))
    with pytest.raises(ValueError, match=r"step 2 .* was normalised before, and colours from 0 to 1 are wanted"):
        prepared_specs({"image": Spec((3, 8, 8), ("C", "H", "W"))}, make_steps(steps))


def test_masks_of_time_and_pitch_cover_runs_with_the_mean() -> None:
    sound = torch.rand(10, 1, 16, 40, generator=generator()) + 1
    fields = {"spectrogram": Spec((1, 16, 40), ("C", "F", "T"))}
    for kind, axis, other in (("time_mask", 3, 2), ("frequency_mask", 2, 3)):
        found = STEPS[kind]({"share": 0.5}).augment({"spectrogram": sound}, fields, generator(1))["spectrogram"]
        for before, after in zip(sound, found, strict=True):
            covered = (before != after).all(other - 1)[0]
            where = covered.nonzero()[:, 0]
            assert len(where) <= sound.shape[axis] // 2
            assert len(where) == 0 or where[-1] - where[0] + 1 == len(where), "one run"
            assert torch.equal(after.movedim(axis - 1, 0)[~covered], before.movedim(axis - 1, 0)[~covered])
            assert torch.allclose(after.movedim(axis - 1, 0)[covered], before.mean())


def test_training_alone_is_augmented_and_a_step_draws_the_same_whatever_ran_before() -> None:
    steps = tuple(PreparationStep(kind=kind) for kind in ("random_crop", "random_rotation", "add_noise", "mixup"))
    plain = load(DataChoice(name="digits8x8"))
    data = load(DataChoice(name="digits8x8", preparation=steps))
    cpu, index = torch.device("cpu"), torch.arange(6)
    ours, theirs = (Tensors(loaded, ["image", "label"], cpu) for loaded in (data, plain))
    assert torch.allclose(ours.batch(index)[0], theirs.batch(index)[0], atol=1e-6), "validation rests"
    first = ours.training_batch(index, 7)
    assert not torch.allclose(first[0], theirs.batch(index)[0], atol=1e-2)
    ours.training_batch(index, 8)
    torch.manual_seed(5)
    again = Tensors(data, ["image", "label"], cpu).training_batch(index, 7)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(ours.training_batch(index, 8)[0], first[0])
