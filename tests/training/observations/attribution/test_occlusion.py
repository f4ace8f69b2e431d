"""Occlusion, held against direct loops."""

from __future__ import annotations

import numpy as np
import torch

from tests.training.observations.attribution.networks import small_net
from visualnet.training.observations.attribution.occlusion import occlude


def test_patches_of_an_image_are_covered_one_by_one() -> None:
    net, x, cover = small_net(), torch.randn(1, 2, 6, 6), torch.randn(1, 2, 6, 6)
    found = occlude(lambda image: net(image)[:, 0], x, cover, (3, 2), (2, 2), (2, 3))
    tops, lefts = [0, 2, 3], [0, 2, 4]
    assert found.corners == tuple((top, left) for top in tops for left in lefts)
    total, count = np.zeros((6, 6)), np.zeros((6, 6))
    with torch.no_grad():
        plain = float(net(x)[0, 0])
        for fall, (top, left) in zip(found.falls, found.corners, strict=True):
            changed = x.clone()
            changed[:, :, top : top + 3, left : left + 2] = cover[:, :, top : top + 3, left : left + 2]
            assert abs(plain - float(net(changed)[0, 0]) - fall) < 1e-5
            total[top : top + 3, left : left + 2] += fall
            count[top : top + 3, left : left + 2] += 1
    assert np.allclose(found.mean, total / count, atol=1e-5)
    assert found.score == plain


def test_a_patch_larger_than_the_input_covers_it_all_and_words_are_covered_whole() -> None:
    weights = torch.tensor([[1.0, 2.0], [4.0, 8.0], [16.0, 32.0]])
    x = torch.ones(1, 3, 2)
    found = occlude(lambda words: (words * weights).sum((1, 2)), x, torch.zeros_like(x), (1,), (1,), (1,))
    assert found.falls.tolist() == [3.0, 12.0, 48.0]
    whole = occlude(lambda words: (words * weights).sum((1, 2)), x, torch.zeros_like(x), (9,), (4,), (1,))
    assert whole.corners == ((0,),)
    assert whole.mean.tolist() == [63.0, 63.0, 63.0]
