"""What is observed by feeding, held against the network computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.observations.feeds.rig import Rig
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.observations.feeds.feed import Feed
from visualnet.training.observations.interventions.knock_out import estimate_means, t_quantile
from visualnet.training.observations.observation import CannotObserve, ObservationRequest, Result, make_observation


@pytest.fixture(scope="module")
def lenet() -> Rig:
    return Rig("lenet5")


@pytest.fixture(scope="module")
def vit() -> Rig:
    return Rig("vit-small")


def observe(rig: Rig, name: str, subject: object, sample: int = 0, **options: object) -> Result:
    made = make_observation(ObservationRequest(name, subject, tuple(options.items())))  # type: ignore[arg-type]
    rig.context.aim(sample)
    with in_evaluation_mode(rig.model), torch.no_grad():
        return made.compute(rig.context, subject)  # type: ignore[arg-type]


@torch.no_grad()
def losses(rig: Rig, samples: int, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Loss and accuracy of each part, by the objective itself."""
    places = rig.context.places(samples)
    found = [rig.model.objective(*rig.context.batch(part).values()) for part in np.split(places, parts)]
    return np.array([float(f["loss"]) for f in found]), np.array([float(f["accuracy"]) for f in found])


def test_a_knocked_out_unit_is_the_network_without_its_weights(lenet: Rig) -> None:
    found = observe(lenet, "knock_out", lenet.port("conv1"), samples=200)
    assert found.words["units"][:2] == ("channel 0", "channel 1") and found.arrays["loss"].shape == (6, 3)
    before, hits = losses(lenet, 200, 20)
    conv = lenet.model.net.conv1
    for unit in (0, 3):
        kept = conv.weight.detach().clone(), conv.bias.detach().clone()
        with torch.no_grad():
            conv.weight[unit], conv.bias[unit] = 0, 0
        after, hits_after = losses(lenet, 200, 20)
        with torch.no_grad():
            conv.weight.copy_(kept[0])
            conv.bias.copy_(kept[1])
        change = after - before
        assert found.arrays["loss"][unit, 0] == pytest.approx(change.mean(), abs=1e-6)
        half = 2.0930 * change.std(ddof=1) / np.sqrt(20)
        assert found.arrays["loss"][unit, 2] == pytest.approx(change.mean() + half, abs=1e-5)
        assert found.arrays["metric"][unit, 0] == pytest.approx((hits_after - hits).mean(), abs=1e-6)
    assert "200 samples" in found.note
    chart = make_observation(ObservationRequest("knock_out", lenet.port("conv1"))).draw(found, [(0, found)])
    values = [row[1] for row in list(chart.rows())[1:]]
    assert values == sorted(values, reverse=True), "what matters most comes first"


def test_a_knocked_out_head_is_the_network_without_its_columns(vit: Rig) -> None:
    found = observe(vit, "knock_out", vit.port("encoder#2", "attention"), samples=40)
    attention = next(m for n, m in vit.model.net.named_modules() if n.endswith("2.attention"))
    assert isinstance(attention, torch.nn.MultiheadAttention) and found.words["units"] == tuple(
        f"head {at}" for at in range(4)
    )
    before, _ = losses(vit, 40, 4)
    kept, size = attention.out_proj.weight.detach().clone(), attention.head_dim
    with torch.no_grad():
        attention.out_proj.weight[:, size : 2 * size] = 0
    after, _ = losses(vit, 40, 4)
    with torch.no_grad():
        attention.out_proj.weight.copy_(kept)
    assert found.arrays["loss"][1, 0] == pytest.approx((after - before).mean(), abs=1e-5)
    assert vit.context.feeds == ()


def test_intervals_are_those_of_students_t() -> None:
    assert t_quantile(19) == pytest.approx(2.0930, abs=5e-4) and t_quantile(5) == pytest.approx(2.5706, abs=5e-3)
    values = np.array([[1.0], [2.0], [3.0], [6.0], [3.0], [3.0]])
    ((mean, low, high),) = estimate_means(values)
    assert mean == 3.0 and high - mean == pytest.approx(t_quantile(5) * values.std(ddof=1) / np.sqrt(6))
    assert mean - low == pytest.approx(high - mean)


def test_patching_brings_all_where_one_path_carries_all_and_its_share_elsewhere(lenet: Rig) -> None:
    found = observe(lenet, "patching", ((), ""), sample=0, other=9)
    brought = dict(zip(found.words["nodes"], found.arrays["brought"], strict=True))
    assert list(brought)[:3] == ["image", "conv1", "relu1"] and "label" not in brought
    assert np.allclose(list(brought.values()), 1.0, atol=1e-5), "LeNet is one path"
    # Past the skip connections of a transformer: the reference is the answer with the value put there by hand.
    rig = Rig("vit-small")
    found = observe(rig, "patching", ((), ""), sample=0, other=5)
    brought = dict(zip(found.words["nodes"], found.arrays["brought"], strict=True))
    assert 0.99 < brought["encoder 3"] < 1.01
    port = rig.port("encoder#1", "attention")
    view = rig.model.view([port])
    with torch.no_grad():
        value = view(*rig.batch(5))[0]
        own, theirs = rig.answer(samples=(0,)), rig.answer(samples=(5,))
        patched = rig.answer(samples=(0,), replace={port: value})
    way = theirs - own
    share = float(((patched - own) * way).sum() / (way * way).sum())
    assert brought["encoder 2 › attention"] == pytest.approx(share, abs=1e-5)
    assert abs(share - 1) > 0.01
    with pytest.raises(CannotObserve, match="choose another sample"):
        observe(lenet, "patching", ((), ""), sample=4, other=4)


def test_between_two_samples_both_ends_are_the_samples_own_answers(lenet: Rig) -> None:
    subject = lenet.port("pool2")
    found = observe(lenet, "interpolation", subject, sample=2, other=7, steps=5)
    answers = found.arrays["answers"]
    assert found.arrays["shares"].tolist() == [0, 0.25, 0.5, 0.75, 1] and answers.shape == (5, 10)
    ends = [lenet.answer(samples=(at,)).softmax(1)[0].numpy() for at in (2, 7)]
    assert np.allclose(answers[[0, 4]], ends, atol=1e-6)
    half = lenet.answer(Feed(subject, "sample", sample=7, share=0.5), samples=(2,)).softmax(1)[0]
    assert np.allclose(answers[2], half.numpy(), atol=1e-6)
    rig = Rig("autoencoder")
    pictures = observe(rig, "interpolation", rig.port("encode2"), sample=0, other=1, steps=3)
    assert pictures.arrays["answers"].shape == (3, 1, 28, 28)
    assert make_observation(ObservationRequest("interpolation")).draw(pictures, []).kind == "tiles"


def test_ranges_are_those_of_the_validation_samples(vit: Rig) -> None:
    subject = vit.port("encoder#1", "fc1")
    found = observe(vit, "unit_ranges", subject, samples=30)
    view, batch = vit.model.view([subject]), vit.context.batch(vit.context.places(30))
    with torch.no_grad():
        value = view(*batch.values())[0]
    assert np.allclose(found.arrays["low"], value.amin((0, 1)).numpy(), atol=1e-6)
    assert np.allclose(found.arrays["high"], value.amax((0, 1)).numpy(), atol=1e-6)
    assert np.allclose(found.arrays["mean"], value.mean((0, 1)).numpy(), atol=1e-6)


def test_what_a_person_feeds_acts_on_what_is_observed(lenet: Rig) -> None:
    port, after = lenet.port("conv1"), lenet.port("relu1")
    with in_evaluation_mode(lenet.model):
        lenet.context.aim(0, feeds=(Feed(port, "zeros"),))
        assert not lenet.context.values([after])[after].any()
        loss = float(lenet.context.loss())
        lenet.context.aim(0)
        assert lenet.context.values([after])[after].any() and float(lenet.context.loss()) != loss
