"""A mask laid over its image is what the network answers, with the Dice that torch gives for it."""

from __future__ import annotations

import numpy as np
import torch

from tests.training.observations.watched import watch
from visualnet.analysis import infer
from visualnet.core.storage import project_file
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.colours.masks import lay_over, outline
from visualnet.resources import resource
from visualnet.training.observations.observation import OBSERVATIONS, find_observations

find_observations()


def test_the_mask_is_the_likeliest_class_of_each_pixel() -> None:
    found = watch(project_file.load(resource("templates", "unet-boundary.vnet")), sample=3)
    (subject,) = OBSERVATIONS["masks"].subjects(found.model.analysis)
    made, result = found.look("masks", subject, {"samples": 3, "looks": 1})
    places = result.arrays["places"]
    assert places[0] == found.data.validation[3]
    image, true = found.data.whole("image")[places], found.data.whole("mask")[places]
    found.model.net.eval()
    with torch.no_grad():
        given = (image - found.data.mean["image"]) / found.data.std["image"]
        said = found.model.net(torch.from_numpy(given.astype(np.float32))).argmax(1).numpy()
    assert (result.arrays["made"] == said).all()
    assert (result.arrays["truth"] == true).all()
    both, size = ((said == 1) & (true == 1)).sum((1, 2)), said.sum((1, 2)) + true.sum((1, 2))
    assert np.allclose(result.arrays["dice"], 2 * both / size)
    chart = made.draw(result, [(0, result), (4, result), (9, result)])
    assert isinstance(chart, PictureRows)
    assert [row.title for row in chart.lines] == ["image", "true", "step 0", "step 9"]
    inside = outline(true[1])
    assert inside.any()
    assert (chart.lines[3].images[1][inside] == 255).all()
    grey = chart.lines[0].images[1]
    assert (chart.lines[1].images[1] == lay_over(grey, true[1])).all()


def test_without_padding_the_mask_stands_in_the_middle_of_the_image() -> None:
    found = watch(project_file.load(resource("templates", "unet-small.vnet")))
    (subject,) = OBSERVATIONS["masks"].subjects(found.model.analysis)
    _, result = found.look("masks", subject, {"samples": 2})
    stride = -(-204 // 96)
    true = np.zeros((2, 204, 204), int)
    true[:, 92:-92, 92:-92] = found.data.whole("mask")[result.arrays["places"]]
    assert (result.arrays["truth"] == true[:, ::stride, ::stride]).all()


def test_networks_that_answer_no_mask_have_nothing_to_show() -> None:
    for name in ("lenet5-28", "autoencoder", "gpt-small"):
        analysis = infer(project_file.load(resource("templates", f"{name}.vnet")))
        assert not OBSERVATIONS["masks"].subjects(analysis), name
