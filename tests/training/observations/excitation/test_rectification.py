"""The deconvnet and guided back-propagation, held against their formulas written out."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from visualnet.training.observations.excitation.rectification import RectifiedGradients


class Small(nn.Module):
    """Two convolutions, their ReLUs written in different ways, and a pooling."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.first, self.act, self.second = nn.Conv2d(3, 5, 3), nn.ReLU(), nn.Conv2d(5, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(F.max_pool2d(self.act(self.first(x)), 2)).relu()


def reconstruct(net: Small, x: Tensor, unit: tuple[int, int, int], guided: bool) -> Tensor:
    """Back from one unit by unpooling with switches, rectifying and filtering with the transposed filters."""
    first = net.first(x)
    pooled, switches = F.max_pool2d(first.relu(), 2, return_indices=True)
    second = net.second(pooled)
    signal = torch.zeros_like(second)
    signal[(0, *unit)] = 1
    signal = F.relu(signal) * ((second > 0) if guided else 1)
    signal = F.conv_transpose2d(signal, net.second.weight)
    signal = F.max_unpool2d(signal, switches, 2, output_size=first.shape)
    signal = F.relu(signal) * ((first > 0) if guided else 1)
    return F.conv_transpose2d(signal, net.first.weight)


@pytest.mark.parametrize("guided", [False, True])
def test_gradients_are_rectified_at_every_relu_however_it_is_written(guided: bool) -> None:
    net, x = Small(), torch.randn(1, 3, 12, 12)
    unit = (2, 1, 1)
    leaf = x.clone().requires_grad_()
    with RectifiedGradients(guided) as rectified:
        values = net(leaf)
    (found,) = torch.autograd.grad(values[(0, *unit)], leaf)
    assert rectified.met == 2
    assert torch.equal(values, net(x))
    expected = reconstruct(net, x, unit, guided)
    assert expected.abs().sum() > 0 or guided
    assert torch.allclose(found, expected, atol=1e-6)
    plain = torch.autograd.grad(net(leaf)[(0, *unit)], leaf)[0]
    assert not torch.allclose(found, plain)
