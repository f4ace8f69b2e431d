"""Attributions by gradients, held against autograd, a closed form and their own axioms."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.training.observations.attribution.networks import small_net
from visualnet.training.observations.attribution.gradients import (
    input_gradients,
    integrate_gradients,
    smooth_gradients,
)


def test_the_gradient_is_that_of_autograd_and_nothing_is_left_behind() -> None:
    net, x = small_net(), torch.randn(3, 2, 6, 6)
    with torch.no_grad():
        (found,) = input_gradients(lambda image: net(image)[:, 1], [x])
    leaf = x.clone().requires_grad_()
    net(leaf)[:, 1].sum().backward()
    assert torch.allclose(found, leaf.grad)
    assert not x.requires_grad
    unused, used = input_gradients(lambda a, b: b.square().sum(1), [x, torch.ones(3, 2)])
    assert unused.abs().sum() == 0
    assert torch.equal(used, torch.full((3, 2), 2.0))
    fresh = small_net()
    input_gradients(lambda image: fresh(image)[:, 1], [x])
    assert all(p.grad is None for p in fresh.parameters())


def test_the_smooth_gradient_is_the_mean_under_seeded_noise() -> None:
    net, x = small_net(), torch.randn(1, 2, 6, 6)
    state = torch.default_generator.get_state()
    (found,) = smooth_gradients(lambda image: net(image)[:, 0], [x], 0.2, 40, torch.Generator().manual_seed(3))
    (again,) = smooth_gradients(lambda image: net(image)[:, 0], [x], 0.2, 40, torch.Generator().manual_seed(3))
    assert torch.equal(found, again)
    assert torch.equal(state, torch.default_generator.get_state())
    generator, expected = torch.Generator().manual_seed(3), torch.zeros_like(x)
    deviation = 0.2 * (x.max() - x.min())
    for size in (32, 8):
        for noise in torch.randn((size, 2, 6, 6), generator=generator) * deviation:
            leaf = (x + noise).detach().requires_grad_()
            expected += torch.autograd.grad(net(leaf)[0, 0], leaf)[0] / 40
    assert torch.allclose(found, expected, atol=1e-5)


def test_integrated_gradients_are_complete_and_give_a_product_its_closed_form() -> None:
    net, x = small_net(), torch.randn(1, 2, 6, 6)
    base = torch.zeros_like(x)
    with torch.no_grad():
        difference = float(net(x)[0, 2] - net(base)[0, 2])
    errors = []
    for steps in (4, 400):
        found = integrate_gradients(lambda image: net(image)[:, 2], [x], [base], steps)
        assert abs(abs(float(found.shares[0].sum()) - difference) - found.error) < 1e-5
        errors.append(found.error)
    assert errors[1] < 0.01 * abs(difference)

    def product(a: Tensor, b: Tensor) -> Tensor:
        return (a * b).sum(1)

    a, b = torch.tensor([[3.0]]), torch.tensor([[5.0]])
    both = integrate_gradients(product, [a, b], [torch.zeros(1, 1), torch.zeros(1, 1)], 1)
    assert [float(share) for share in both.shares] == [7.5, 7.5]
    assert (both.score, both.baseline, both.error) == (15.0, 0.0, 0.0)


def test_an_input_that_changes_nothing_has_no_share() -> None:
    found = integrate_gradients(lambda x: x[:, 0] ** 2, [torch.tensor([[2.0, 9.0]])], [torch.tensor([[1.0, 0.0]])], 50)
    assert abs(float(found.shares[0][0, 0]) - 3.0) < 1e-5
    assert float(found.shares[0][0, 1]) == 0.0
