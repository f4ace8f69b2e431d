"""Batches by index, normalised once; and an order that visits every sample."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from visualnet.core.project import DataChoice
from visualnet.data.loading import load
from visualnet.data.tensors import Sampler, Tensors

CPU = torch.device("cpu")


def test_a_batch_is_the_normalised_samples_in_the_order_asked() -> None:
    data = load(DataChoice(name="digits8x8"))
    image, label = Tensors(data, ["image", "label"], CPU).batch(torch.tensor([5, 0, 9]))
    raw = data.whole("image")[[5, 0, 9]]
    assert np.allclose(image.numpy(), (raw - data.mean["image"]) / data.std["image"])
    assert label.tolist() == data.whole("label")[[5, 0, 9]].tolist()


def test_targets_are_never_normalised() -> None:
    data = load(DataChoice(name="digits8x8"))
    (image,) = Tensors(data, ["image"], CPU, frozenset({"image"})).batch(torch.arange(3))
    assert np.array_equal(image.numpy(), data.whole("image")[:3])


@pytest.mark.parametrize(
    ("size", "batch", "steps"), [(10, 4, 3), (9, 4, 2), (8, 4, 2), (1, 4, 1), (3, 1, 3), (5, 9, 1)]
)
def test_every_sample_comes_once_and_no_batch_of_one_is_left(size: int, batch: int, steps: int) -> None:
    sampler = Sampler(size, batch, seed=0)
    assert sampler.steps == steps
    order = sampler.shuffle()
    assert sorted(order.tolist()) == list(range(size))
    sizes = [len(order[i * sampler.batch_size : (i + 1) * sampler.batch_size]) for i in range(sampler.steps)]
    assert sum(sizes) >= size - 1
    assert min(sizes) > 1 or sampler.batch_size == 1


def test_the_order_is_the_samplers_own() -> None:
    a, b = Sampler(50, 8, seed=3), Sampler(50, 8, seed=3)
    first = a.shuffle().tolist()
    torch.manual_seed(99)
    assert b.shuffle().tolist() == first
    assert a.shuffle().tolist() != first
