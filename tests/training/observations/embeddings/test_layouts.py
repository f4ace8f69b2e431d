"""PCA by SVD, t-SNE's gradient by autograd, and layouts in which groups stay together."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from visualnet.figures.sequences.align_components import align_signs
from visualnet.training.observations.embeddings import neighbour_layout, tsne
from visualnet.training.observations.embeddings.nearest import nearest_by_cosine
from visualnet.training.observations.embeddings.pca import principal_components


def groups(count: int = 30, features: int = 8, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Three groups of vectors far from each other, and whose they are."""
    generator = torch.Generator().manual_seed(seed)
    middles = torch.randn(3, features, generator=generator) * 8
    labels = torch.arange(3).repeat_interleave(count)
    return middles[labels] + torch.randn(3 * count, features, generator=generator), labels


def separation(y: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of points whose five nearest are all of their own group."""
    distances = torch.cdist(y, y).fill_diagonal_(math.inf)
    nearest = distances.topk(5, largest=False).indices
    return float((labels[nearest] == labels[:, None]).all(1).double().mean())


@pytest.mark.parametrize("shape", [(40, 6), (6, 40), (7, 7)])
def test_components_are_those_of_the_svd(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).normal(size=shape) * np.linspace(1, 3, shape[1])
    centred = x - x.mean(0)
    _, sizes, vectors = np.linalg.svd(centred, full_matrices=False)
    found = principal_components(torch.from_numpy(x), 3)
    for k in range(3):
        sign = np.sign(vectors[k] @ found.axes[k].numpy())
        assert np.allclose(found.axes[k].numpy(), sign * vectors[k], atol=1e-8)
        assert np.allclose(found.points[:, k].numpy(), centred @ (sign * vectors[k]), atol=1e-8)
        assert found.axes[k][found.axes[k].abs().argmax()] > 0
    assert np.allclose(found.shares.numpy(), (sizes**2 / (sizes**2).sum())[:3], atol=1e-10)


def test_components_that_are_not_there_are_zero() -> None:
    line = torch.arange(5.0)[:, None] * torch.tensor([[3.0, 4.0]])
    found = principal_components(line, 3)
    assert torch.allclose(found.axes[0], torch.tensor([0.6, 0.8], dtype=torch.float64))
    assert torch.allclose(found.shares, torch.tensor([1.0, 0, 0], dtype=torch.float64), atol=1e-12)
    assert not found.points[:, 1:].any()
    assert not principal_components(torch.ones(4, 3), 2).points.any()


def test_signs_stay_while_the_vectors_turn() -> None:
    """The greatest entry of an axis may change its sign from one step to the next; the picture must not be mirrored by that."""
    x, _ = groups()
    before: np.ndarray | None = None
    jumps = 0
    for angle in np.linspace(0, 2 * math.pi, 60):
        turned = x.clone()
        turned[:, 0] = math.cos(angle) * x[:, 0] - math.sin(angle) * x[:, 1]
        turned[:, 1] = math.sin(angle) * x[:, 0] + math.cos(angle) * x[:, 1]
        points = principal_components(turned).points.numpy()
        aligned = align_signs(points, before)
        if before is not None:
            assert np.allclose(aligned, before, atol=1e-6), "turning vectors changes no distance, so no point moves"
            jumps += not np.array_equal(points, aligned)
        before = aligned
    assert jumps, "this turn mirrors no component by itself: it tests nothing"
    assert np.array_equal(align_signs(np.ones((2, 2)), -np.ones((3, 2))), np.ones((2, 2)))


def test_affinities_add_to_one_and_have_the_perplexity() -> None:
    x, _ = groups(20)
    p = tsne.affinities(x, 10)
    assert p.sum().item() == pytest.approx(1)
    assert torch.equal(p, p.T)
    assert not p.diag().any()
    # The conditional probabilities by a search of its own, for one vector.
    d = ((x[0] - x) ** 2).sum(1).double()[1:]
    low, high = 0.0, 1e3
    for _ in range(200):
        beta = (low + high) / 2
        shares = torch.softmax(-beta * d, 0)
        spread = -(shares * shares.clamp_min(1e-300).log()).sum().item()
        low, high = (beta, high) if spread > math.log(10) else (low, beta)
    assert math.exp(spread) == pytest.approx(10, rel=1e-6)
    rest = tsne.affinities(x, 10) * 2 * len(x)
    for j in (1, 5, 40):
        e = ((x[j] - x) ** 2).sum(1).double()
        low, high = 0.0, 1e3
        for _ in range(200):
            b = (low + high) / 2
            back = torch.softmax(torch.where(torch.arange(len(x)) == j, -math.inf, -b * e), 0)
            s = -(back * back.clamp_min(1e-300).log()).sum().item()
            low, high = (b, high) if s > math.log(10) else (low, b)
        assert rest[0, j].item() == pytest.approx(shares[j - 1].item() + back[0].item(), rel=1e-4, abs=1e-9)


def test_the_gradient_is_that_of_autograd_and_descending_falls() -> None:
    x, labels = groups(15)
    p = tsne.affinities(x, 8)
    y = torch.randn(45, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    # Written out here, since the divergence of the program works in place where autograd cannot follow.
    near = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(-1)) * (1 - torch.eye(45))
    q = near / near.sum()
    off = ~torch.eye(45, dtype=torch.bool)
    loss = (p[off] * (p[off].clamp_min(1e-12) / q[off]).log()).sum()
    (expected,) = torch.autograd.grad(loss, y)
    assert torch.allclose(tsne.gradient(p, y.detach()), expected, atol=1e-9)
    assert tsne.divergence(p, y.detach()).item() == pytest.approx(loss.item(), rel=1e-6)

    place, fell = y.detach().clone(), [tsne.divergence(p, y.detach()).item()]
    for _ in range(20):
        place -= 5 * tsne.gradient(p, place)
        fell.append(tsne.divergence(p, place).item())
    assert all(after < before for before, after in itertools.pairwise(fell))

    shares: list[float] = []
    found = tsne.lay_out(x, perplexity=8, steps=300, check=shares.append)
    assert tsne.divergence(p, found.double()) < 0.8 * tsne.divergence(p, principal_components(x).points)
    assert separation(found, labels) == 1
    assert len(shares) == 300
    assert torch.equal(found, tsne.lay_out(x, perplexity=8, steps=300))


def test_a_layout_by_neighbours_keeps_groups_together_and_draws_from_its_own_generator() -> None:
    x, labels = groups()
    state = torch.default_generator.get_state()
    found = neighbour_layout.lay_out(x, torch.Generator().manual_seed(0), neighbours=10, rounds=120)
    assert torch.equal(state, torch.default_generator.get_state())
    assert torch.isfinite(found).all()
    assert separation(found, labels) == 1
    assert torch.equal(found, neighbour_layout.lay_out(x, torch.Generator().manual_seed(0), neighbours=10, rounds=120))


def test_strengths_forces_and_curve_are_umaps() -> None:
    x, _ = groups(12)
    edges = neighbour_layout.neighbour_graph(x, 6)
    dense = torch.zeros(36, 36).index_put_((edges.heads, edges.tails), edges.strengths)
    assert torch.equal(dense, dense.T)
    distances = torch.cdist(x.double(), x.double()).fill_diagonal_(math.inf)
    own = torch.zeros(36, 36, dtype=torch.float64)
    for i in range(36):
        near, index = distances[i].topk(6, largest=False)
        beyond = near - near[0]
        low, high = 1e-6, 1e3
        for _ in range(200):
            width = (low + high) / 2
            wide = sum(math.exp(-d / width) for d in beyond.tolist()) > math.log2(6)
            low, high = (low, width) if wide else (width, high)
        own[i, index] = (-beyond / width).exp()
    assert torch.allclose(dense.double(), own + own.T - own * own.T, atol=1e-5)
    # umap-learn's own fit for min_dist 0.1 and spread 1, as its documentation gives it.
    assert neighbour_layout.fit_curve() == pytest.approx((1.577, 0.8951), abs=2e-3)

    a, b = neighbour_layout.fit_curve()
    y = torch.randn(36, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64, requires_grad=True)
    # A pair's strength is 1 / (1 + a·d^2b); attraction climbs its logarithm, repulsion that of what is left of 1.
    apart = (y[edges.heads] - y.detach()[edges.tails]).square().sum(1)
    close = 1 / (1 + a * apart**b)
    (pull,) = torch.autograd.grad((edges.strengths * close.log()).sum(), y)
    found = neighbour_layout.attraction(y.detach(), edges._replace(strengths=edges.strengths.double()), a, b)
    assert torch.allclose(found, pull, atol=1e-6)
    others = torch.tensor([[(int(h) + 1) % 36] for h in edges.heads])
    away = (y[edges.heads] - y.detach()[others[:, 0]]).square().sum(1)
    (push,) = torch.autograd.grad((edges.strengths * (1 - 1 / (1 + a * away**b)).log()).sum(), y)
    found = neighbour_layout.repulsion(y.detach(), edges._replace(strengths=edges.strengths.double()), others, a, b)
    assert torch.allclose(found, push, rtol=0.05, atol=0.05), "but for the 0.001 that keeps the force finite"


def test_nearest_words() -> None:
    x = torch.tensor([[1.0, 0], [2.0, 0.1], [0, 1.0], [-1.0, 0], [0, 0]])
    index, cosines = nearest_by_cosine(x, 2)
    assert index[0, 0] == 1
    assert cosines[0, 0].item() == pytest.approx(2 / math.hypot(2, 0.1))
    assert index[3].tolist() == [4, 2] or cosines[3, 0] == 0
    assert nearest_by_cosine(x, 99)[0].shape == (5, 4)


@pytest.mark.parametrize("module", [tsne, neighbour_layout])
def test_too_few_vectors_are_refused(module: object) -> None:
    generator = () if module is tsne else (torch.Generator(),)
    with pytest.raises(ValueError, match="four vectors"):
        module.lay_out(torch.ones(3, 2), *generator)  # type: ignore[attr-defined]
