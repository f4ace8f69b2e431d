"""Losses and metrics that torch lacks, and the weights of what they count."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def gradient_penalty_of(score: Tensor, x: Tensor, target: float) -> Tensor:
    """For each sample (length of the gradient of its score at x − target)².

    0 where no gradients are kept.
    """
    if not (score.requires_grad and x.requires_grad):
        return score.new_zeros(len(score))
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True, allow_unused=True)
    if slope is None:
        raise RuntimeError("the score is not computed from x: lead x itself through the critic")
    length: Tensor = slope.reshape(len(slope), -1).norm(2, dim=1)
    return (length - target).square()


def kl_normal_of(mean: Tensor, log_var: Tensor) -> Tensor:
    """For each sample the divergence of N(mean, exp(log_var)) from N(0, 1)."""
    return -0.5 * sum_of_each(1 + log_var - mean.square() - log_var.exp())


def dice_loss_of(probability: Tensor, target: Tensor, smooth: float) -> Tensor:
    """For each sample one minus the overlap of two masks."""
    both = sum_of_each(probability * target)
    return 1 - (2 * both + smooth) / (sum_of_each(probability) + sum_of_each(target) + smooth)


def boundary_weights_of(mask: Tensor, w0: float, sigma: float) -> Tensor:
    """Weights (sample, row, column) of a mask of classes: 1 + w0·exp(−d²/2σ²).

    d is the distance in pixels to the nearest pixel of another class, up to 4σ. It is the least of
    the rows near by: there either the pixel right above or below differs, or the nearest one along
    the row (Felzenszwalb and Huttenlocher, Distance transforms of sampled functions, 2012).
    """
    rows, columns = mask.shape[-2:]
    far = rows + columns + 4 * sigma + 1
    at = torch.arange(columns, device=mask.device, dtype=torch.float32).expand(mask.shape)
    begins = torch.ones_like(mask, dtype=torch.bool)
    begins[..., 1:] = mask[..., 1:] != mask[..., :-1]
    ends = begins.roll(-1, -1)
    ends[..., -1] = True
    first = torch.where(begins, at, at.new_tensor(-1.0)).cummax(-1).values
    last = torch.where(ends, at, at.new_tensor(far)).flip(-1).cummin(-1).values.flip(-1)
    left = torch.where(first > 0, at - first + 1, at.new_tensor(far))
    right = torch.where(last < columns - 1, last - at + 1, at.new_tensor(far))
    along = torch.minimum(left, right).square()
    nearest = along.clone()
    for gap in range(1, min(math.ceil(4 * sigma), rows - 1) + 1):
        above, below = slice(0, rows - gap), slice(gap, rows)
        same = mask[..., above, :] == mask[..., below, :]
        for here, there in ((above, below), (below, above)):
            squared = torch.where(same, along[..., there, :], 0.0) + gap**2
            nearest[..., here, :] = torch.minimum(nearest[..., here, :], squared)
    return 1 + w0 * torch.exp(-nearest / (2 * sigma**2)) * (nearest <= (4 * sigma) ** 2)


def sum_of_each(values: Tensor) -> Tensor:
    """For each sample the sum of its values."""
    return values.reshape(values.shape[0], -1).sum(1)


def spread_over(weight: Tensor, values: Tensor) -> Tensor:
    """Weights in the size of the values: given for each value, or for each sample."""
    if weight.numel() == values.numel():
        return weight.reshape_as(values)
    return weight.reshape(-1, *[1] * (values.dim() - 1)).expand_as(values)


def weighted_mean(values: Tensor, weight: Tensor, counted: Tensor | None = None) -> Tensor:
    """Σ weight·value / Σ weight; ``counted`` says what counts besides (0: it is not asked).

    Where all weights are 0 so is the mean.
    """
    weight = spread_over(weight, values)
    total = (weight if counted is None else weight * counted).sum()
    return (weight * values).sum() / total.where((weight != 0).any(), 1)


def weight_of_class(target: Tensor, asked: Tensor, weights: Tensor) -> Tensor:
    """The weight of each target's class; 0 where it is not asked."""
    return weights[target.where(asked, 0)] * asked


def class_hits(logits: Tensor, target: Tensor, ignore_index: int) -> Tensor:
    """How often each class was found, called by mistake, and missed: 3×K, of what is asked."""
    called, asked = logits.argmax(1), target != ignore_index
    true = target.where(asked, 0)

    def count(classes: Tensor, which: Tensor) -> Tensor:
        counts = torch.zeros(logits.shape[1], dtype=torch.long, device=logits.device)
        return counts.scatter_add_(0, classes.flatten(), which.flatten().long())

    found = count(true, asked & (called == true))
    return torch.stack([found, count(called, asked) - found, count(true, asked) - found])


def mean_of_classes(share: Tensor, hits: Tensor, only: int | None) -> Tensor:
    """The plain mean over the classes that occur, or one class alone; NaN where there is none."""
    known = share.where(hits.sum(0) > 0, math.nan)
    return known.nanmean() if only is None else known[only]


def precision_of(hits: Tensor, only: int | None = None) -> Tensor:
    """Found by called: the mean over the classes."""
    found, mistaken, _ = hits
    return mean_of_classes(found / (found + mistaken).clamp(min=1), hits, only)


def recall_of(hits: Tensor, only: int | None = None) -> Tensor:
    """Found by true: the mean over the classes."""
    found, _, missed = hits
    return mean_of_classes(found / (found + missed).clamp(min=1), hits, only)


def f1_of(hits: Tensor, only: int | None = None) -> Tensor:
    """2·TP / (2·TP + FP + FN), which is Dice too: the mean over the classes."""
    found, mistaken, missed = hits
    return mean_of_classes(2 * found / (2 * found + mistaken + missed).clamp(min=1), hits, only)


def iou_of(hits: Tensor, only: int | None = None) -> Tensor:
    """Intersection over union: the mean over the classes."""
    found, mistaken, missed = hits
    return mean_of_classes(found / (found + mistaken + missed).clamp(min=1), hits, only)
