"""What units answer to in whole networks, held against the same computed from the modules."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from tests.contract.observed_networks import Observed, observed
from tests.training.nets import lenet
from tests.training.observations.attribution.test_attribution_observations import image_of, see
from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.figures.charts.tiles import TilesChart
from visualnet.training.observations.context import ObservationContext, plain_fields
from visualnet.training.observations.excitation.declare import find_units
from visualnet.training.observations.observation import CannotObserve, Subject, find_observations


def observe_project(project: Project) -> Observed:
    """A project as observations are given it."""
    data, analysis = load(project.data), infer(project)
    model = compile_project(project, analysis, seed=0)
    tensors = Tensors(data, model.fields, model.device, plain_fields(model))
    return Observed(project, analysis, model, data, tensors, ObservationContext(model, data, tensors))


def port_of(name: str, number: int) -> Subject:
    """The port of the convolution of this number."""
    analysis = observed(name).analysis
    found = [s for s in find_units(analysis) if getattr(analysis.at(s[0]).layer, "tag", "") == "conv2d"]
    return found[number]


@pytest.mark.parametrize("guided", [False, True])
def test_a_unit_of_the_second_convolution_is_projected_back(guided: bool) -> None:
    found = observe_project(lenet())
    first, second = [m for m in found.model.net.modules() if isinstance(m, nn.Conv2d)]
    name = "guided_backpropagation" if guided else "deconvnet"
    seen = see(found, name, (("n5",), "features"), channel=5, row=3, column=4)
    with torch.no_grad():
        before = first(image_of(found))
        pooled, switches = F.max_pool2d(before.relu(), 2, return_indices=True)
        assert np.isclose(float(seen.arrays["value"]), float(second(pooled)[0, 5, 3, 4]), atol=1e-5)
        signal = torch.zeros_like(second(pooled))
        signal[0, 5, 3, 4] = 1
        signal = F.max_unpool2d(F.conv_transpose2d(signal, second.weight), switches, 2, output_size=before.shape)
        signal = F.relu(signal) * ((before > 0) if guided else 1)
        expected = F.conv_transpose2d(signal, first.weight, padding=2)
    assert np.allclose(seen.arrays["values_0"], expected[0].numpy(), atol=1e-5)
    assert "channel 5 at (3, 4)" in seen.note.lower()
    strongest = see(found, name, (("n5",), "features"))
    with torch.no_grad():
        assert np.isclose(float(strongest.arrays["value"]), float(second(pooled).max()), atol=1e-5)


def test_a_network_without_relus_says_that_this_is_the_plain_gradient() -> None:
    found = observed("gated")
    seen = see(found, "deconvnet", found.context.scores_port)
    assert "no ReLU is on the way" in seen.note
    with pytest.raises(CannotObserve, match="there is no channel 99"):
        see(found, "deconvnet", found.context.scores_port, channel=99)


def test_the_strongest_patches_are_cut_where_the_maps_are_highest() -> None:
    found = observed("convolutional")
    convolution = next(m for m in found.model.net.modules() if isinstance(m, nn.Conv2d))
    seen = see(found, "strongest_samples", port_of("convolutional", 0), channel=2, count=4, searched=100)
    places = found.context.places(100)
    data = found.data
    images = np.array(data.whole("image")[places])
    with torch.no_grad():
        maps = convolution(torch.from_numpy((images - data.mean["image"]) / data.std["image"]))[:, 2].numpy()
    order = np.argsort(-maps.reshape(100, -1).max(1), kind="stable")[:4]
    assert seen.arrays["samples"].tolist() == places[order].tolist()
    assert seen.arrays["tiles"].shape == (4, 5, 5, 3)
    for tile, which in zip(seen.arrays["tiles"], order, strict=True):
        row, column = np.unravel_index(int(maps[which].argmax()), (28, 28))
        padded = np.pad(images[which, 0], 2, constant_values=0.5)
        expected = padded[row : row + 5, column : column + 5] * 255
        assert np.allclose(tile[..., 0], expected, atol=1)
    whole = see(found, "strongest_samples", port_of("convolutional", 0), channel=2, count=4, shown="sample")
    assert whole.arrays["tiles"].shape == (4, 28, 28, 3)
    chart = find_observations()["strongest_samples"]().draw(whole, [(0, whole)])
    assert isinstance(chart, TilesChart)
    assert chart.samples[0] == (int(whole.arrays["samples"][0]),)
    words = see(observed("gated"), "strongest_samples", observed("gated").context.scores_port, count=3)
    assert all(any(letter.isalpha() for letter in told) for told in words.words["told"])


def test_a_made_image_excites_its_channel_and_words_cannot_be_made() -> None:
    found = observed("convolutional")
    subject = port_of("convolutional", 1)
    seen = see(found, "activation_maximisation", subject, channel=3, steps=20)
    values = seen.arrays["values"]
    assert values[-1] > values[0] + 0.1
    with torch.no_grad():
        image = torch.from_numpy((seen.arrays["image"][None] - found.data.mean["image"]) / found.data.std["image"])
        maps = found.context.values([subject], {"image": image})[subject][0, 3]
    assert np.isclose(float(F.leaky_relu(maps).mean()), values[-1], atol=1e-4)
    middle = see(found, "activation_maximisation", subject, channel=3, steps=20, aim="place")
    assert not np.allclose(middle.arrays["image"], seen.arrays["image"])
    assert "Channel 3 in the middle" in middle.note
    other = see(found, "activation_maximisation", subject, channel=3, steps=20, seed=1)
    assert not np.allclose(other.arrays["image"], seen.arrays["image"])
    with pytest.raises(CannotObserve, match="Words are not real numbers"):
        see(observed("gated"), "activation_maximisation", observed("gated").context.scores_port)
