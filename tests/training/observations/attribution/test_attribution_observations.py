"""Attributions of whole networks, held against torch on the compiled module: images, points, words, two inputs, blocks, attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.contract.observed_networks import Observed, observed
from visualnet.core.graph import Value
from visualnet.figures.charts.observed.attribution import AttributionChart
from visualnet.training.observations.attribution.entries import find_entries
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.observations.observation import (
    NETWORK,
    CannotObserve,
    Result,
    Subject,
    find_observations,
)
from visualnet.training.observations.probe_targets import OwnSample


def see(found: Observed, name: str, subject: Subject = NETWORK, sample: int = 3, **options: Value) -> Result:
    """One observation of one sample."""
    with in_evaluation_mode(found.model), torch.no_grad():
        found.context.aim(sample)
        return find_observations()[name](options).compute(found.context, subject)


def image_of(found: Observed, sample: int = 3) -> Tensor:
    """A sample as the network is given it."""
    data = found.data
    image = torch.from_numpy(np.array(data.whole("image")[data.shown[sample]]))[None]
    return (image - torch.from_numpy(data.mean["image"])) / torch.from_numpy(data.std["image"]) if data.mean else image


@pytest.mark.parametrize("name", ["dense", "convolutional", "residual", "recurrent", "attention"])
def test_the_gradient_of_an_image_is_that_of_the_module(name: str) -> None:
    found = observed(name)
    image = image_of(found).requires_grad_()
    found.model.net.eval()
    scores = found.model.net(image)
    predicted = int(scores.argmax())
    (gradient,) = torch.autograd.grad(scores[0, predicted], image)
    seen = see(found, "saliency")
    assert np.allclose(seen.arrays["map_0"], gradient[0].abs().amax(0).numpy(), atol=1e-5)
    times = see(found, "gradient_times_input", target="chosen", number=predicted)
    assert np.allclose(times.arrays["map_0"], (gradient * image)[0].sum(0).detach().numpy(), atol=1e-5)
    assert f"“{predicted}”" in seen.note
    raw = found.data.whole("image")[found.data.shown[3]][0]
    assert np.allclose(seen.arrays["sample_0"], raw, atol=1e-5)  # as the person knows it, not normalised


def test_the_true_class_a_chosen_one_and_one_that_is_not_there() -> None:
    found = observed("convolutional")
    true = int(found.data.whole("label")[found.data.shown[3]])
    assert f"“{true}”" in see(found, "saliency", target="true").note
    assert "“7”" in see(found, "saliency", target="chosen", number=7).note
    with pytest.raises(CannotObserve, match="10 answers"):
        see(found, "saliency", target="chosen", number=10)
    own = OwnSample({"image": np.zeros((1, 28, 28), np.float32)})
    with in_evaluation_mode(found.model), torch.no_grad():
        found.context.aim(3, own)
        kind = find_observations()["saliency"]
        assert not kind().compute(found.context, NETWORK).arrays["sample_0"].any()
        with pytest.raises(CannotObserve, match="no true class"):
            kind({"target": "true"}).compute(found.context, NETWORK)
        found.context.aim(3)


@pytest.mark.parametrize(
    ("name", "steps"), [("convolutional", 300), ("gated", 200), ("translating", 300), ("points", 200)]
)
@pytest.mark.parametrize("baseline", ["zeros", "mean"])
def test_integrated_gradients_add_up(name: str, steps: int, baseline: str) -> None:
    found = observed(name)
    seen = see(found, "integrated_gradients", baseline=baseline, steps=steps)
    total = sum(float(array.sum()) for key, array in seen.arrays.items() if key.startswith("map_"))
    change = float(seen.arrays["score"] - seen.arrays["baseline_score"])
    assert abs(total - change) < 0.01 * max(abs(change), 0.1)
    assert np.isclose(abs(total - change), float(seen.arrays["completeness_error"]), atol=1e-4)
    assert "add up to" in seen.note


def test_black_is_black_before_normalisation_and_a_blur_keeps_the_mean() -> None:
    found = observed("convolutional")
    black = (torch.zeros(1, 1, 28, 28) - torch.from_numpy(found.data.mean["image"])) / torch.from_numpy(
        found.data.std["image"]
    )
    found.model.net.eval()
    with torch.no_grad():
        predicted = int(found.model.net(image_of(found)).argmax())
        expected = float(found.model.net(black)[0, predicted])
    seen = see(found, "integrated_gradients")
    assert np.isclose(float(seen.arrays["baseline_score"]), expected, atol=1e-5)
    blurred = see(found, "integrated_gradients", baseline="blurred")
    assert not np.isclose(float(blurred.arrays["baseline_score"]), expected, atol=1e-3)
    with pytest.raises(CannotObserve, match="Only images and series"):
        see(observed("points"), "integrated_gradients", baseline="blurred")


def test_words_are_attributed_at_their_embedding_and_told_by_name() -> None:
    found = observed("gated")
    (entry,) = find_entries(found.analysis)
    assert entry.is_embedded
    assert entry.spec.shape[0] == 20
    seen = see(found, "gradient_times_input")
    tokens = torch.from_numpy(np.array(found.data.whole("text")[found.data.shown[3]]))[None]
    embedding = next(m for m in found.model.net.modules() if isinstance(m, nn.Embedding))
    kept: list[Tensor] = []
    handle = embedding.register_forward_hook(lambda module, inputs, output: kept.append(output.requires_grad_()))
    found.model.net.eval()
    scores = found.model.net(tokens)
    handle.remove()
    (gradient,) = torch.autograd.grad(scores[0].max(), kept[0])
    assert np.allclose(seen.arrays["map_0"], (gradient * kept[0])[0].sum(1).detach().numpy(), atol=1e-6)
    names = seen.words["names_0"]
    assert len(names) == 20
    assert any(name.isalpha() for name in names)
    assert [row[1] for row in list(find_observations()["saliency"]().draw(seen, [(0, seen)]).rows())[1:]] == list(names)


def test_two_inputs_share_one_score() -> None:
    found = observed("translating")
    seen = see(found, "integrated_gradients", steps=50)
    assert len(seen.words["titles"]) == 2
    assert seen.arrays["map_0"].shape == seen.arrays["map_1"].shape == (8,)
    assert seen.arrays["map_0"].any()
    assert seen.arrays["map_1"].any()


def test_grad_cam_of_a_network_is_what_hooks_see() -> None:
    found = observed("convolutional")
    convolution = [m for m in found.model.net.modules() if isinstance(m, nn.Conv2d)][1]
    seen: dict[str, Tensor] = {}

    def forward(module: nn.Module, inputs: object, output: Tensor) -> None:
        seen["maps"] = output
        output.register_hook(lambda gradient: seen.update(gradient=gradient))

    handle = convolution.register_forward_hook(forward)
    found.model.net.eval()
    found.model.net(image_of(found))[0].max().backward()
    handle.remove()
    found.model.net.zero_grad()
    expected = (seen["gradient"].mean((2, 3), keepdim=True) * seen["maps"]).sum(1).detach()
    subjects = find_observations()["grad_cam"].subjects(found.analysis)
    values = {s: see(found, "grad_cam", s, sign="signed").arrays for s in subjects}
    chosen = next(a for a in values.values() if a["maps"].shape == expected.shape[1:])
    assert np.allclose(chosen["maps"], expected[0].numpy(), atol=1e-5)
    assert chosen["map_0"].shape == (28, 28)
    assert find_observations()["grad_cam"].subjects(observed("dense").analysis) == []


def test_shapley_values_of_points_are_exact_and_of_an_image_add_up() -> None:
    found = observed("points")
    seen = see(found, "shapley_values", baseline="zeros", sample=5)
    point = torch.from_numpy(np.array(found.data.whole("point")[found.data.shown[5]]))
    mean, std = (torch.from_numpy(values) for values in (found.data.mean["point"], found.data.std["point"]))
    net = found.model.net.eval()

    def value(first: bool, second: bool) -> float:
        with torch.no_grad():
            raw = torch.stack([point[0] * first, point[1] * second])
            return float(net((raw - mean) / std)[0, 0])

    sign = 1 if value(True, True) > 0.5 else -1
    a = ((value(True, False) - value(False, False)) + (value(True, True) - value(False, True))) / 2
    b = ((value(False, True) - value(False, False)) + (value(True, True) - value(True, False))) / 2
    assert np.allclose(seen.arrays["map_0"], [sign * a, sign * b], atol=1e-6)
    assert "exact, over all 4 coalitions" in seen.note
    for method in ("sampling", "kernel"):
        image = see(observed("convolutional"), "shapley_values", method=method, pieces=4, evaluations=200)
        total = float(image.arrays["values"].sum())
        assert np.isclose(total, float(image.arrays["all"] - image.arrays["nobody"]), atol=1e-3)
        assert image.arrays["map_0"].shape == (28, 28)
    background = see(found, "shapley_values", baseline="samples", sample=5)
    assert np.isclose(background.arrays["values"].sum(), background.arrays["all"] - background.arrays["nobody"])


def test_occlusion_covers_with_what_is_chosen() -> None:
    found = observed("convolutional")
    seen = see(found, "occlusion", patch=28, stride=28)
    net, image = found.model.net.eval(), image_of(found)
    black = -torch.from_numpy(found.data.mean["image"]) / torch.from_numpy(found.data.std["image"])
    with torch.no_grad():
        scores = net(image)[0]
        fall = float(scores.max() - net(black.expand(1, 1, 28, 28))[0, scores.argmax()])
    assert np.allclose(seen.arrays["map_0"], fall, atol=1e-4)
    words = see(observed("gated"), "occlusion")
    assert words.arrays["map_0"].shape == (20,)


def test_frames_share_a_scale_unless_a_frame_is_to_have_its_own() -> None:
    found = observed("convolutional")
    result = see(found, "gradient_times_input")
    larger = result._replace(arrays={**result.arrays, "map_0": result.arrays["map_0"] * 3})
    kind = find_observations()["gradient_times_input"]
    together, own = (kind({"scale": s}).draw(result, [(0, larger), (9, result)]) for s in ("all", "own"))
    assert isinstance(together, AttributionChart)
    assert isinstance(own, AttributionChart)
    assert np.isclose(together.high, 3 * own.high)
    assert together.low == -together.high
    assert own.signed
