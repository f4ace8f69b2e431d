"""Grad-CAM, held against hooks on the layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.training.observations.attribution.networks import small_net
from visualnet.training.observations.attribution.class_activation import enlarge, weigh_maps


def test_maps_are_weighed_as_hooks_on_the_layer_see_them() -> None:
    net, x = small_net(), torch.randn(2, 2, 6, 6)
    seen: dict[str, Tensor] = {}

    def forward(module: torch.nn.Module, inputs: object, output: Tensor) -> None:
        seen["maps"] = output
        output.register_hook(lambda gradient: seen.update(gradient=gradient))

    handle = net[0].register_forward_hook(forward)
    net(x)[:, 2].sum().backward()
    handle.remove()
    expected = torch.zeros(2, 4, 4)
    for sample in range(2):
        for channel in range(4):
            expected[sample] += seen["gradient"][sample, channel].mean() * seen["maps"][sample, channel]
    assert torch.allclose(weigh_maps(seen["maps"], seen["gradient"], positive=False), expected, atol=1e-6)
    assert torch.allclose(weigh_maps(seen["maps"], seen["gradient"]), F.relu(expected), atol=1e-6)
    assert (weigh_maps(seen["maps"], seen["gradient"], positive=False) < 0).any()
    assert enlarge(expected, (6, 6)).shape == (2, 6, 6)
    assert torch.allclose(enlarge(torch.full((1, 3), 2.0), (9,)), torch.full((1, 9), 2.0))
