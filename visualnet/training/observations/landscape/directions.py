"""Directions in the space of all weights, and where a path stands on the plane that two of them span."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

Weights = Mapping[str, Tensor]
Direction = dict[str, Tensor]


def normalise_filters(direction: Weights, weights: Weights) -> Direction:
    """Give each filter of a direction the norm of the filter of the weights at its place (Li et al. 2018).

    A filter is what makes one output: a row of a matrix, a kernel with all its inputs. Biases and the scales of normalizations have no
    filters; along the direction they stay as they are.
    """
    found = {}
    for name, weight in weights.items():
        if weight.dim() < 2:
            found[name] = torch.zeros_like(weight)
            continue
        flat, norms = direction[name].flatten(1), weight.flatten(1).norm(dim=1, keepdim=True)
        found[name] = (flat * (norms / (flat.norm(dim=1, keepdim=True) + 1e-10))).reshape(weight.shape)
    return found


def random_direction(weights: Weights, generator: torch.Generator) -> Direction:
    """A direction by chance, normal in every weight, with the norms of the weights' filters."""
    drawn = {
        name: torch.randn(weight.shape, generator=generator).to(weight.device, weight.dtype)
        for name, weight in weights.items()
    }
    return normalise_filters(drawn, weights)


def principal_directions(
    steps: Sequence[Weights], weights: Weights, spare: Callable[[], Direction]
) -> tuple[Direction, Direction, float]:
    """The two directions in which a path varies most (PCA of its differences from the present weights), and which share of all variation
    both hold. Both are as long as the path reaches in the first, so that a plane of them shows the path as it is. Where the path has one
    direction alone, the second is a ``spare`` one without the part that lies along the first."""
    names = list(weights)
    rows = torch.stack([_flat(step, names) - _flat(weights, names) for step in steps]).double()
    _, sizes, axes = torch.linalg.svd(rows, full_matrices=False)
    reach = (rows @ axes[0]).abs().max()
    first = axes[0] * reach
    if len(sizes) > 1 and sizes[1] > 1e-6 * sizes[0]:
        second = axes[1] * reach
        share = float((sizes[:2] ** 2).sum() / (sizes**2).sum())
    else:
        drawn = _flat(spare(), names).double()
        second = drawn - axes[0] * (drawn @ axes[0])
        second = second * (reach / second.norm())
        share = 1.0
    return _unflat(first, weights), _unflat(second, weights), share


def project_path(
    steps: Sequence[Weights], weights: Weights, first: Weights, second: Weights
) -> list[tuple[float, float]]:
    """Where the steps of a path stand on the plane of two directions around the present weights: the nearest places on it."""
    names = list(weights)
    plane = torch.stack([_flat(first, names), _flat(second, names)], 1).double()
    gram = plane.T @ plane
    found = []
    for step in steps:
        moved = (_flat(step, names) - _flat(weights, names)).double()
        x, y = torch.linalg.solve(gram, plane.T @ moved).tolist()
        found.append((x, y))
    return found


def _flat(weights: Weights, names: Sequence[str]) -> Tensor:
    return torch.cat([weights[name].detach().flatten().float().cpu() for name in names])


def _unflat(flat: Tensor, like: Weights) -> Direction:
    found, at = {}, 0
    for name, weight in like.items():
        part = flat[at : at + weight.numel()]
        found[name] = part.reshape(weight.shape).to(weight.device, weight.dtype)
        at += weight.numel()
    return found
