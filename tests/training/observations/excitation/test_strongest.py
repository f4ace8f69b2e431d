"""The strongest samples of a channel, their patches, and an input made by ascent."""

from __future__ import annotations

import numpy as np
import torch

from visualnet.training.observations.excitation.ascent import Regularisation, ascend
from visualnet.training.observations.excitation.strongest import cut_patch, find_strongest


def test_the_largest_values_of_a_channel_are_found_with_their_places() -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.randn((20, 3, 4, 5), generator=generator)
    values[7, 1] = values[3, 1]  # an equal one that comes later
    chunks = [(range(100 + at, 100 + at + 8), values[at : at + 8]) for at in (0, 8)] + [(range(116, 120), values[16:])]
    found = find_strongest(chunks, 1, 6)
    tops = values[:, 1].flatten(1).max(1).values
    order = sorted(range(20), key=lambda i: (-float(tops[i]), i))[:6]
    assert [one.sample - 100 for one in found] == order
    for one in found:
        assert float(values[one.sample - 100, 1][one.place]) == one.value
    vector = find_strongest([(range(20), values[:, :, 0, 0])], 2, 1)
    assert vector[0].sample == int(values[:, 2, 0, 0].argmax())
    assert vector[0].place == ()


def test_a_patch_is_cut_and_what_lies_outside_is_filled() -> None:
    image = np.arange(2 * 4 * 5, dtype=np.float32).reshape(2, 4, 5)
    assert np.array_equal(cut_patch(image, (1, 2), (2, 3)), image[:, 1:3, 2:5])
    over = cut_patch(image, (-1, 3), (3, 4), 9.0)
    assert over.shape == (2, 3, 4)
    assert (over[:, 0] == 9).all()
    assert (over[:, :, 2:] == 9).all()
    assert np.array_equal(over[:, 1:, :2], image[:, :2, 3:])


def test_ascent_is_seeded_and_climbs_to_where_decay_holds_it() -> None:
    direction = torch.tensor([[1.0, -2.0, 0.5]])

    def unit(x: torch.Tensor) -> torch.Tensor:
        return (x * direction).sum(1)

    held_back, shares = Regularisation(decay=1.5, variation=0.0, jitter=2), []

    def once(seed: int) -> torch.Tensor:
        generator, device = torch.Generator().manual_seed(seed), torch.device("cpu")
        found = ascend(unit, (3,), 400, 0.05, held_back, generator, device, shares.append)
        assert found.values[-1] > found.values[0]
        assert len(found.values) == 401
        return found.image

    image = once(4)
    assert shares == [step / 400 for step in range(400)]
    # Where the gradient, its mean square made 1, is held by the decay.
    assert torch.allclose(image, direction / direction.square().mean().sqrt() / 1.5, atol=0.02)
    assert torch.equal(image, once(4))
    assert not torch.equal(image, once(5))


def test_variation_makes_neighbours_alike() -> None:
    def roughness(variation: float) -> float:
        weights = torch.randn((1, 1, 8, 8), generator=torch.Generator().manual_seed(0))
        generator, device = torch.Generator().manual_seed(1), torch.device("cpu")
        held_back = Regularisation(decay=1.0, variation=variation, jitter=0)
        image = ascend(
            lambda x: (x * weights).sum((1, 2, 3)), (1, 8, 8), 150, 0.1, held_back, generator, device, float
        ).image
        return float(image.diff(dim=2).square().mean() / image.square().mean())

    assert roughness(2.0) < 0.5 * roughness(0.0)


def test_a_faint_unit_climbs_as_a_strong_one_does() -> None:
    def made(strength: float) -> torch.Tensor:
        weights = torch.randn((1, 1, 4, 4), generator=torch.Generator().manual_seed(0)) * strength
        generator, device = torch.Generator().manual_seed(1), torch.device("cpu")
        return ascend(
            lambda x: (x * weights).sum((1, 2, 3)), (1, 4, 4), 30, 0.1, Regularisation(), generator, device, float
        ).image

    assert torch.allclose(made(1.0), made(1e-4), atol=1e-3)
