"""Augmentation in the training script: every step to the same bits as in the session, or as near as PyTorch comes to kornia."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import visualnet as vn
from tests.training.gan import gan
from tests.training.script.held import differences, printed, run_script, session_history
from tests.training.test_learners import CASES
from visualnet.core import edits
from visualnet.core.project import PreparationStep, Project
from visualnet.data.loading import Loaded, load
from visualnet.data.preparation.registry import STEPS
from visualnet.data.preparation.step import Step
from visualnet.data.samples import ArraySamples
from visualnet.layers.declaration.layer import Spec
from visualnet.training.script import plain_images, refusals
from visualnet.training.script.training_script import training_script

FROM_KORNIA = ("random_rotation", "random_scale", "colour_jitter", "random_blur")
OF_SOUND = ("time_mask", "frequency_mask")
EVERY = [name for name, kind in STEPS.items() if kind.augments]
OPTIONS: dict[str, dict[str, Any]] = {
    "colour_jitter": {"hue": 0.1},
    "random_blur": {"high": 1.0},
    "random_flip": {"vertical": 0.5},
    "random_rotation": {"padding": "border"},
    "time_mask": {"count": 2},
}


def chosen(name: str, **options: Any) -> PreparationStep:
    return PreparationStep(kind=name, options={**OPTIONS.get(name, {}), **options})


def network(shape: tuple[int, ...], field: str, *steps: PreparationStep, **recipe: Any) -> Project:
    net = vn.Graph("augmented")
    logits = net.linear(net.flatten(net.input(*shape, field=field)), 10, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    net.set(**{"epochs": 2, "lr": 0.01, "batch_size": 32, "device": "cpu", **recipe})
    return edits.set_data(net.project, name="digits8x8", split=(0.1, 0.05, 0.85), seed=5, preparation=steps)


def made(shape: tuple[int, ...], field: str, project: Project, axes: tuple[str, ...]) -> Loaded:
    """Samples at random behind the steps of a project."""
    generator = np.random.default_rng(0)
    values = generator.random((100, *shape)).astype(np.float32)
    samples = ArraySamples({field: values, "label": generator.integers(0, 10, 100)})
    specs = {field: Spec(shape, axes), "label": Spec((), (), "int", classes=10)}
    digits = load(project.data)
    mean = {field: values[:90].mean((0, *range(2, values.ndim)), keepdims=True)}
    std = {field: values[:90].std((0, *range(2, values.ndim)), keepdims=True)}
    parts = {"train": np.arange(90), "validation": np.arange(90, 100), "test": np.arange(0)}
    return digits._replace(samples=samples, fields=specs, mean=mean, std=std, **parts)


def augmented_scripts() -> dict[str, Project]:
    """Networks whose scripts have every step for images at once, one with what scripts say beside."""
    steps = [chosen(name) for name in EVERY if name not in OF_SOUND]
    found = {"augmented": network((1, 8, 8), "image", *steps)}
    options = {"accumulate": 2, "channels_last": True}
    found["augmented_more"] = network((1, 8, 8), "image", steps[0], device="auto", options=options)
    return found


@pytest.mark.few(3)
@pytest.mark.parametrize("name", [name for name in EVERY if name not in FROM_KORNIA])
def test_what_torch_can_alone_is_the_same_to_the_bit(name: str, tmp_path: Path) -> None:
    shape, field, axes = ((1, 8, 8), "image", ("C", "H", "W"))
    if name in OF_SOUND:
        shape, field, axes = ((1, 6, 20), "spectrogram", ("C", "F", "T"))
    project = network(shape, field, chosen(name, **({} if name == "mixup" else {"field": field})))
    plain = edits.set_data(project, preparation=())
    data = load(project.data) if field == "image" else made(shape, field, plain, axes)
    augmentation = tuple(STEPS[one.kind](one.options) for one in project.data.preparation)
    assert differences(project, tmp_path, data._replace(augmentation=augmentation)) == []
    assert f"def {'cover_bands' if name in OF_SOUND else name}(" in (tmp_path / "train.py").read_text()


@pytest.mark.parametrize("name", FROM_KORNIA)
def test_what_kornia_does_is_done_by_torch_nearly_to_the_bit(name: str, tmp_path: Path) -> None:
    shape, axes = (3, 8, 8), ("C", "H", "W")
    project = network(shape, "image", chosen(name))
    data = made(shape, "image", edits.set_data(project, preparation=()), axes)
    data = data._replace(augmentation=(STEPS[name](OPTIONS.get(name, {})),))
    wanted, _ = session_history(project, data)
    text = printed(project, tmp_path, data)
    assert "kornia" not in text
    _, given = run_script(text, tmp_path)
    for ours, theirs in zip(wanted, given, strict=True):
        assert ours["losses"] == pytest.approx(theirs["losses"], rel=1e-4)
        assert ours["validation"] == pytest.approx(theirs["validation"], rel=1e-4)


@pytest.mark.parametrize(
    "recipe", [{"options": {"accumulate": 2, "channels_last": True}}, {"seed": 3, "batch_size": 7}], ids=str
)
def test_several_steps_beside_what_recipes_say(recipe: dict[str, Any], tmp_path: Path) -> None:
    steps = [chosen(name) for name in ("random_flip", "random_erasing", "cutmix", "add_noise")]
    assert differences(network((1, 8, 8), "image", *steps, **recipe), tmp_path) == []
    unscaled = edits.set_data(network((1, 8, 8), "image", *steps), normalise=False)
    assert differences(unscaled, tmp_path) == []
    assert "load_figures" not in (tmp_path / "train.py").read_text()


def test_several_learners_share_what_was_drawn(tmp_path: Path) -> None:
    steps = (
        PreparationStep(kind="add_noise", options={"field": "point"}),
        PreparationStep(kind="mixup", options={"field": "point"}),
    )
    for options in ({}, {"channels_last": True}):
        project = edits.set_data(gan(*CASES["guards"], options=options), preparation=steps)
        assert differences(project, tmp_path) == []


def test_the_stand_ins_are_kornia_s_functions() -> None:
    from kornia import enhance
    from kornia.filters import gaussian_blur2d
    from kornia.geometry.transform import warp_affine

    generator = torch.Generator().manual_seed(0)
    image = torch.rand(6, 3, 9, 13, generator=generator)
    image[0, :, :3], image[1] = 0.5, 0.0  # greys and black have no hue
    angle, factor = torch.rand(2, 6, generator=generator) * 2 - 1
    across = torch.stack([angle.cos(), angle.sin(), factor], -1)
    matrices = torch.stack([across, torch.stack([-angle.sin(), angle.cos(), -factor], -1)], 1)
    for mode in ("bilinear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            given = {"mode": mode, "padding_mode": padding}
            ours = plain_images.warp_affine(image, matrices, (9, 13), **given)
            torch.testing.assert_close(ours, warp_affine(image, matrices, (9, 13), **given), atol=1e-5, rtol=0)
    deviation = torch.rand(6, 1, generator=generator).expand(-1, 2) + 0.1
    blurred = plain_images.gaussian_blur2d(image, (5, 5), deviation)
    torch.testing.assert_close(blurred, gaussian_blur2d(image, (5, 5), deviation), atol=1e-6, rtol=0)
    for name, values in (("adjust_brightness", angle), ("adjust_saturation", factor + 1), ("adjust_hue", 3 * angle)):
        ours, theirs = (getattr(module, name)(image, values) for module in (plain_images, enhance))
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_a_step_without_a_function_is_refused_by_name() -> None:
    class Strange(Step):
        title = "Strange"
        augments = True

    project = network((1, 8, 8), "image")
    with pytest.raises(refusals.CannotPrint, match="cannot yet say the step “Strange” of the preparation"):
        training_script(project, load(project.data)._replace(augmentation=(Strange({}),)))
