"""Predictions of chosen samples and reconstructions are what the network answers, in the units of the data."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.nets import lenet, line
from tests.training.observations.watched import watch
from visualnet.analysis import infer
from visualnet.core.storage import project_file
from visualnet.data.registry import make_data_set
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.charts.observed.small_multiples import SmallMultiplesChart
from visualnet.resources import resource
from visualnet.training.control import OwnSample
from visualnet.training.observations.answers.codes import code_port
from visualnet.training.observations.answers.images import resize
from visualnet.training.observations.answers.scores import as_probabilities
from visualnet.training.observations.observation import OBSERVATIONS


def test_scores_become_probabilities_as_their_meaning_asks() -> None:
    scores = torch.tensor([[1.0, -2.0, 0.5], [0.0, 0.0, 3.0]])
    shares = as_probabilities(scores, "", 3)
    assert shares is not None
    assert torch.allclose(shares, scores.softmax(1))
    given = as_probabilities(scores.softmax(1), "probabilities", 3)
    logarithms = as_probabilities(scores.log_softmax(1), "logarithms", 3)
    assert given is not None
    assert logarithms is not None
    assert torch.allclose(given, shares)
    assert torch.allclose(logarithms, shares)
    one = as_probabilities(torch.tensor([[0.3], [-1.0]]), "", 2)
    assert one is not None
    p = torch.sigmoid(torch.tensor([0.3, -1.0]))
    assert torch.allclose(one, torch.stack([1 - p, p], 1))
    assert as_probabilities(scores, "", 10) is None
    assert as_probabilities(scores, "", 0) is None


def test_predictions_of_chosen_samples_by_step() -> None:
    found = watch(lenet(), sample=4)
    history = []
    for step in (0, 5):
        made, result = found.look("predictions", options={"samples": 3, "classes": 2})
        history.append((step, result))
        places = result.arrays["places"]
        data = found.data
        images = torch.from_numpy((data.whole("image")[places] - data.mean["image"]) / data.std["image"])
        found.model.net.eval()
        with torch.no_grad():
            expected = found.model.net(images).softmax(1).numpy()
            assert np.allclose(result.arrays["probabilities"], expected, atol=1e-6)
            for weight in found.model.net.parameters():
                weight.mul_(1.5)
    assert places[0] == found.data.validation[4]
    assert np.array_equal(result.arrays["truth"], found.data.whole("label")[places])
    chart = made.draw(result, history)
    assert isinstance(chart, SmallMultiplesChart)
    assert chart.x.tolist() == [0.0, 5.0]
    for at, pane in enumerate(chart.panes):
        true = found.data.classes[int(result.arrays["truth"][at])]
        (strong,) = [line for line in pane.lines if line.strong]
        assert strong.name == true
        column = found.data.classes.index(true)
        assert np.array_equal(strong.y, [one.arrays["probabilities"][at, column] for _, one in history])
        assert 2 <= len(pane.lines) <= 3
        assert pane.picture is not None
        right = result.arrays["probabilities"][at].argmax() == column
        assert pane.title.startswith(f"“{true}” {'✓' if right else '✗'}")


def test_a_sample_of_ones_own_stands_in_for_the_chosen_one() -> None:
    found = watch(lenet())
    image = np.random.default_rng(0).random((1, 28, 28), np.float32)
    found.context.aim(0, OwnSample({"image": image}))
    made, result = found.look("predictions", options={"samples": 2})
    normal = (image[None] - found.data.mean["image"]) / found.data.std["image"]
    found.model.net.eval()
    with torch.no_grad():
        expected = found.model.net(torch.from_numpy(normal.astype(np.float32))).softmax(1)[0]
    assert np.allclose(result.arrays["probabilities"][0], expected, atol=1e-6)
    assert result.arrays["truth"][0] == -1
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, SmallMultiplesChart)
    assert chart.panes[0].title == f"says “{found.data.classes[int(expected.argmax())]}”"
    assert chart.panes[0].words == "your own sample"
    assert not any(line.strong for line in chart.panes[0].lines)


def test_texts_are_told_in_words() -> None:
    found = watch(project_file.load(resource("templates", "lstm-classifier-small.vnet")))
    made, result = found.look("predictions", options={"samples": 2})
    codes = found.data.whole("text")[result.arrays["places"]]
    known = make_data_set(found.data.choice).token_words()
    expected = [" ".join(known[code] for code in row if known[code])[:120] for row in codes]
    assert list(result.words["texts"]) == expected
    assert "film" in expected[0] or " " in expected[0]
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, SmallMultiplesChart)
    assert chart.panes[0].title.endswith(expected[0])


def test_answers_that_are_numbers_stand_beside_what_is_true() -> None:
    found = watch(line())
    made, result = found.look("predictions")
    places = result.arrays["places"]
    x = torch.from_numpy((found.data.whole("x")[places] - found.data.mean["x"]) / found.data.std["x"])
    with torch.no_grad():
        assert np.allclose(result.arrays["values"], found.model.net(x).numpy(), atol=1e-6)
    assert np.allclose(result.arrays["truth"], found.data.whole("y")[places])
    chart = made.draw(result, [(0, result)])
    assert isinstance(chart, SmallMultiplesChart)
    assert chart.panes[1].guide == pytest.approx(float(found.data.whole("y")[places[1], 0]))


def test_reconstructions_stand_below_what_went_in_in_the_units_of_the_data() -> None:
    project = project_file.load(resource("templates", "autoencoder.vnet"))
    found = watch(project)
    kind = OBSERVATIONS["reconstructions"]
    (subject,) = kind.subjects(found.model.analysis)
    made, result = found.look("reconstructions", subject, {"samples": 4, "difference": True, "looks": 1})
    places = result.arrays["places"]
    given = found.data.whole("image")[places]
    assert np.allclose(result.arrays["given"][..., 0], given[:, 0])
    found.model.net.eval()
    with torch.no_grad():
        answer = found.model.net(torch.from_numpy(given)).numpy()
    assert np.allclose(result.arrays["made"][..., 0], answer[:, 0], atol=1e-6)
    chart = made.draw(result, [(0, result), (3, result), (6, result)])
    assert isinstance(chart, PictureRows)
    assert [row.title for row in chart.lines] == ["input", "step 0", "step 6", "difference"]
    assert np.allclose(chart.lines[3].images[..., 0], np.abs(answer - given)[:, 0], atol=1e-6)
    assert not kind.subjects(watch(lenet()).model.analysis)


def test_what_is_held_against_normalised_images_is_shown_as_the_data_are() -> None:
    from msgspec.structs import replace

    project = project_file.load(resource("templates", "autoencoder.vnet"))
    project = replace(project, data=replace(project.data, normalise=True))
    found = watch(project)
    (subject,) = OBSERVATIONS["reconstructions"].subjects(found.model.analysis)
    _, result = found.look("reconstructions", subject, {"samples": 2})
    places, data = result.arrays["places"], found.data
    assert np.allclose(result.arrays["given"][..., 0], data.whole("image")[places][:, 0], atol=1e-5)
    images = torch.from_numpy((data.whole("image")[places] - data.mean["image"]) / data.std["image"])
    found.model.net.eval()
    with torch.no_grad():
        answer = found.model.net(images).numpy() * data.std["image"] + data.mean["image"]
    assert np.allclose(result.arrays["made"][..., 0], answer[:, 0], atol=1e-5)


def test_the_code_is_the_narrowest_vector_that_everything_passes() -> None:
    for name, code in (("vae", "drawn"), ("autoencoder", "encode2")):
        analysis = infer(project_file.load(resource("templates", f"{name}.vnet")))
        (subject,) = OBSERVATIONS["generated"].subjects(analysis)
        port = code_port(analysis, subject)
        assert port is not None
        assert analysis.name_of(port[0]) == code
    unet = infer(project_file.load(resource("templates", "unet-small.vnet")))
    assert not OBSERVATIONS["generated"].subjects(unet)


@pytest.mark.parametrize("codes", ["fitted", "standard"])
def test_generated_samples_are_what_the_decoder_makes_of_random_codes(codes: str) -> None:
    found = watch(project_file.load(resource("templates", "autoencoder.vnet")))
    (subject,) = OBSERVATIONS["generated"].subjects(found.model.analysis)
    made, result = found.look("generated", subject, {"samples": 5, "codes": codes, "seed": 3})
    layers = [m for m in found.model.net.modules() if isinstance(m, torch.nn.Linear)]
    images = torch.from_numpy(found.data.whole("image")[found.context.places(256)])
    drawn = torch.randn(5, 32, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        if codes == "fitted":
            known = layers[1](layers[0](images.flatten(1)).relu())
            drawn = known.mean(0) + known.std(0, correction=0) * drawn
        expected = layers[3](layers[2](drawn.relu()).relu()).sigmoid().reshape(5, 28, 28)
    assert np.allclose(result.arrays["made"][..., 0], expected, atol=1e-5)
    _, again = found.look("generated", subject, {"samples": 5, "codes": codes, "seed": 3})
    assert np.array_equal(again.arrays["made"], result.arrays["made"])
    chart = made.draw(result, [(0, result), (3, result)])
    assert isinstance(chart, PictureRows)
    assert [row.title for row in chart.lines] == ["step 0", "step 3"]


def test_images_of_another_size_are_laid_beside_each_other() -> None:
    small = np.arange(4.0).reshape(1, 2, 2, 1)
    large = resize(small, (4, 4, 3))
    assert large.shape == (1, 4, 4, 3)
    assert large[0, 3, 3].tolist() == [3.0, 3.0, 3.0]
    assert large[0, 0, 1].tolist() == [0.0, 0.0, 0.0]
