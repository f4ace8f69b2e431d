"""An image of any size is segmented tile by tile as the network itself would segment it, were it that large."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from visualnet.compiling.module import Model, compile_project
from visualnet.core import edits
from visualnet.core.project import DataChoice
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.resources import resource
from visualnet.training.checkpoints import load_weights
from visualnet.training.prediction.overlap_tile import mirrored, plan_tiles, segment


def compiled(template: str, size: int | None = None) -> Model:
    project = project_file.load(resource("templates", f"{template}.vnet"))
    if size is not None:
        project = edits.set_constants(project, {**project.constants, "size": size})
    model = compile_project(project, seed=0)
    model.net.eval()
    return model


def test_without_padding_tiles_are_what_the_whole_would_be() -> None:
    tiled, whole = compiled("unet-small"), compiled("unet-small", 252)
    for model in (tiled, whole):
        load_weights(resource("trained", "unet-small.safetensors"), model.net)
    image = load(DataChoice(name="digit_masks", options={"n": 20, "side": 68}, normalise=False)).whole("image")[0]
    image = (image - image.mean()) / image.std()
    # Of each answer 16 of 20 pixels are kept, from the third on: there windows of pooling lie as in the whole.
    places = mirrored(np.arange(-94, 68 + 90), 68)
    with torch.no_grad():
        wanted = whole.net(torch.from_numpy(image[:, places][:, :, places])[None]).argmax(1)[0].numpy()
    found = segment(tiled, image, overlap=2)
    assert found.shape == (68, 68)
    assert 0.02 < wanted.mean() < 0.5
    assert (found[:66, :66] == wanted[2:, 2:]).all()


def test_an_image_of_the_networks_own_size_is_answered_as_ever() -> None:
    model = compiled("unet-boundary")
    image = np.random.default_rng(1).random((1, 64, 64), np.float32)
    with torch.no_grad():
        wanted = model.net(torch.from_numpy(image)[None]).argmax(1)[0].numpy()
    assert (segment(model, image) == wanted).all()


@pytest.mark.parametrize("size", [(1, 1), (5, 130), (64, 65), (97, 40)])
def test_every_pixel_has_an_answer_at_any_size(size: tuple[int, int]) -> None:
    model, told = compiled("unet-boundary"), list[float]()
    image = np.random.default_rng(2).random((1, *size), np.float32)
    found = segment(model, image, check=told.append)
    assert found.shape == size
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_what_cannot_be_is_told() -> None:
    model = compiled("unet-boundary")
    with pytest.raises(ValueError, match="overlap of 40 leaves nothing of 64 pixels: take less than 32"):
        plan_tiles(model, 40)
    with pytest.raises(ValueError, match="reads images of 1×rows×columns; this one is 3×8×8"):
        segment(model, np.zeros((3, 8, 8), np.float32))
    with pytest.raises(ValueError, match="this one is 1×0×8"):
        segment(model, np.zeros((1, 0, 8), np.float32))
    lenet = compile_project(project_file.load(resource("templates", "lenet5-28.vnet")), seed=0)
    with pytest.raises(ValueError, match="does not answer one image with one mask"):
        plan_tiles(lenet)


class Cancelled(Exception):
    """What a person who cancels raises."""


def test_it_can_be_cancelled() -> None:
    def cancel(share: float) -> None:
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        segment(compiled("unet-boundary"), np.zeros((1, 300, 300), np.float32), check=cancel)


@given(st.integers(1, 40), st.integers(-100, 100), st.integers(1, 60))
def test_mirroring_is_that_of_numpy(extent: int, begin: int, count: int) -> None:
    places = mirrored(np.arange(begin, begin + count), extent)
    before, after = max(-begin, 0), max(begin + count - extent, 0)
    padded = np.pad(np.arange(extent), (before, after), mode="reflect")
    assert (places == padded[begin + before : begin + before + count]).all()
