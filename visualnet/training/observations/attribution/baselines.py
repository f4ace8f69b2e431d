"""What stands for "nothing was shown": the baselines that attributions are counted from."""

from __future__ import annotations

from math import ceil

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from visualnet.training.observations.attribution.entries import AttributedInput
from visualnet.training.observations.attribution.sample_parts import kind_of
from visualnet.training.observations.attribution.scores import Scorer
from visualnet.training.observations.observation import CannotObserve

MEAN_OF = 64
"""The mean sample is that of so many validation samples."""
BLUR = 0.12
"""The deviation of the blur, as a share of the longer side."""


def make_baselines(scorer: Scorer, kind: str) -> list[Tensor]:
    """A baseline (1, …) for each entry: ``zeros`` is what is 0 before normalisation (black), and a vector of zeros for a token; ``mean``
    the mean of validation samples; ``blurred`` the sample itself without its details."""
    if kind == "mean":
        return [values.mean(0, keepdim=True) for values in sample_background(scorer, MEAN_OF)]
    found = []
    for entry, sample in zip(scorer.entries, scorer.samples(), strict=True):
        found.append(_zeros(scorer, entry, sample) if kind == "zeros" else _blur(entry, sample))
    return found


def sample_background(scorer: Scorer, count: int) -> list[Tensor]:
    """What stands at the entries for some validation samples, always the same ones: (sample, …) each."""
    batch = scorer.context.batch(scorer.context.places(count))
    return scorer.samples({name: batch[name] for name in scorer.context.input_fields})


def _zeros(scorer: Scorer, entry: AttributedInput, sample: Tensor) -> Tensor:
    field, data = scorer.field(entry), scorer.context.data
    if entry.is_embedded or field not in data.mean:
        return torch.zeros_like(sample)
    mean, std = (torch.from_numpy(values).to(sample) for values in (data.mean[field], data.std[field]))
    return (torch.zeros_like(sample) - mean) / std


def _blur(entry: AttributedInput, sample: Tensor) -> Tensor:
    kind = kind_of(entry.shown)
    if kind == "image":
        return _smooth(_smooth(sample, 2), 3)
    if kind == "series":
        return _smooth(sample, 1)
    raise CannotObserve("Only images and series can be blurred: choose zeros or the mean as the baseline.")


def _smooth(x: Tensor, axis: int) -> Tensor:
    """Blur along one axis with a normal kernel; the edges are continued."""
    deviation = max(BLUR * max(x.shape[2:] or x.shape[1:]), 0.5)
    reach = min(ceil(3 * deviation), 4 * x.shape[axis])
    at = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-0.5 * (at / deviation) ** 2)
    lines = x.movedim(axis, -1)
    flat = F.pad(lines.reshape(-1, 1, x.shape[axis]), (reach, reach), mode="replicate")
    smooth = F.conv1d(flat, (kernel / kernel.sum()).reshape(1, 1, -1))
    return smooth.reshape(lines.shape).movedim(-1, axis)
