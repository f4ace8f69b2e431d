"""What augmentation does to a batch: the steps call these functions, and a training script has their text.

A batch is tensors by field, with an axis of samples first. All chance is drawn from the generator (on the CPU). A script needs no kornia:
what is imported from there inside functions has a stand-in in ``training/script/plain_images.py``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from visualnet.data.preparation.augmentation.chance import beta, draw_events, spans, uniform
from visualnet.data.preparation.augmentation.warping import Batch, mirror, shift, warp
from visualnet.data.preparation.field_checks import MASK


def random_flip(
    batch: Batch,
    field: str,
    size: tuple[int, int],
    horizontal: float,
    vertical: float,
    generator: torch.Generator,
) -> Batch:
    """Mirror images at random, left to right and upside down."""
    first = next(iter(batch.values()))
    across = draw_events(len(first), horizontal, generator, first.device)
    down = draw_events(len(first), vertical, generator, first.device)
    return mirror(mirror(batch, field, across, size, -1), field, down, size, -2)


def random_rotation(
    batch: Batch,
    field: str,
    size: tuple[int, int],
    degrees: float,
    padding: str,
    generator: torch.Generator,
) -> Batch:
    """Turn images about their middle by a random angle."""
    first = next(iter(batch.values()))
    largest = math.radians(degrees)
    angle = uniform(len(first), -largest, largest, generator, first.device)
    return turn_and_scale(batch, field, angle, angle.new_ones(len(first)), size, padding)


def random_scale(
    batch: Batch,
    field: str,
    size: tuple[int, int],
    low: float,
    high: float,
    padding: str,
    generator: torch.Generator,
) -> Batch:
    """Let what is in images be smaller or larger by a random factor."""
    first = next(iter(batch.values()))
    factor = uniform(len(first), low, high, generator, first.device)
    return turn_and_scale(batch, field, factor.new_zeros(len(first)), factor, size, padding)


def turn_and_scale(
    batch: Batch,
    field: str,
    angle: Tensor,
    factor: Tensor,
    size: tuple[int, int],
    padding: str,
) -> Batch:
    """Turn each image by its angle (radians) and scale it by its factor, about its middle."""
    cosine, sine = factor * angle.cos(), factor * angle.sin()
    y, x = (size[0] - 1) / 2, (size[1] - 1) / 2
    across = torch.stack([cosine, sine, x - cosine * x - sine * y], -1)
    down = torch.stack([-sine, cosine, y + sine * x - cosine * y], -1)
    return warp(batch, field, torch.stack([across, down], 1), size, padding)


def random_crop(
    batch: Batch,
    field: str,
    size: tuple[int, int],
    padding: int,
    generator: torch.Generator,
) -> Batch:
    """Move images by some pixels; black comes in at the edges."""
    first = next(iter(batch.values()))
    drawn = torch.randint(-padding, padding + 1, (2, len(first)), generator=generator)
    down, right = drawn.to(first.device)
    return shift(batch, field, down, right, size)


def colour_jitter(
    batch: Batch,
    field: str,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    generator: torch.Generator,
) -> Batch:
    """Change brightness, contrast, saturation and hue of images at random."""
    from kornia.enhance import adjust_brightness, adjust_hue, adjust_saturation  # slow to import

    first = next(iter(batch.values()))
    number, on = len(first), first.device
    added = uniform(number, -brightness, brightness, generator, on)
    stretch = uniform(number, 1 - contrast, 1 + contrast, generator, on)
    richness = uniform(number, 1 - saturation, 1 + saturation, generator, on)
    turn = uniform(number, -hue, hue, generator, on)
    if field not in batch:
        return batch
    image = adjust_brightness(batch[field], added)
    middle = image.mean((1, 2, 3), keepdim=True)
    image = (middle + (image - middle) * stretch.reshape(-1, 1, 1, 1)).clamp(0, 1)
    if image.shape[1] == 3 and saturation:
        image = adjust_saturation(image, richness)
    if image.shape[1] == 3 and hue:
        image = adjust_hue(image, turn * 6.283185307179586)
    return {**batch, field: image.clamp(0, 1)}


def random_blur(
    batch: Batch,
    field: str,
    probability: float,
    low: float,
    high: float,
    reach: int,
    generator: torch.Generator,
) -> Batch:
    """Blur some images; ``reach`` pixels to each side are summed up."""
    from kornia.filters import gaussian_blur2d

    first = next(iter(batch.values()))
    chosen = draw_events(len(first), probability, generator, first.device)
    deviation = uniform(len(first), low, high, generator, first.device)
    if field not in batch:
        return batch
    width = 2 * reach + 1
    blurred = gaussian_blur2d(batch[field], (width, width), deviation[:, None].expand(-1, 2))
    return {**batch, field: blurred.where(chosen.reshape(-1, 1, 1, 1), batch[field])}


def random_erasing(
    batch: Batch,
    field: str,
    size: tuple[int, int],
    probability: float,
    low: float,
    high: float,
    value: float,
    generator: torch.Generator,
) -> Batch:
    """Cover a random rectangle of some images."""
    first = next(iter(batch.values()))
    number, on = len(first), first.device
    chosen = draw_events(number, probability, generator, on)
    inside = []
    for extent in size:
        sides = (uniform(number, low, high, generator, on) * extent).round().clamp(1, extent)
        inside.append(spans(number, extent, sides, generator, on))
    if field not in batch:
        return batch
    rows, columns = inside
    covered = (chosen[:, None, None] & rows[:, :, None] & columns[:, None, :])[:, None]
    return {**batch, field: batch[field].masked_fill(covered, value)}


def add_noise(batch: Batch, field: str, deviation: float, generator: torch.Generator) -> Batch:
    """Add numbers of a bell curve."""
    if field not in batch:
        return batch
    values = batch[field]
    noise = torch.empty(values.shape).normal_(0.0, 1.0, generator=generator).to(values.device)
    return {**batch, field: values + deviation * noise}


def cover_bands(
    batch: Batch,
    field: str,
    share: float,
    count: int,
    axis: int,
    generator: torch.Generator,
) -> Batch:
    """Cover so many random bands along an axis with the mean; each has at most this share of it."""
    values = batch.get(field)
    if values is None:
        return batch
    number, extent = len(values), values.shape[axis]
    mean = values.flatten(1).mean(1).reshape(-1, *[1] * (values.ndim - 1))
    for _ in range(count):
        lengths = (uniform(number, 0.0, share, generator, values.device) * extent).round()
        covered = spans(number, extent, lengths, generator, values.device)
        shape = [number] + [1] * (values.ndim - 1)
        shape[axis] = extent
        values = values.where(~covered.reshape(shape), mean)
    return {**batch, field: values}


def mixup(batch: Batch, alpha: float, probability: float, generator: torch.Generator) -> Batch:
    """Lay another sample of the batch over each; targets alike."""
    first = next(iter(batch.values()))
    number, on = len(first), first.device
    other = torch.randperm(number, generator=generator).to(on)
    share = beta(number, alpha, generator, on)
    share = torch.maximum(share, 1 - share)  # a sample stays the one that it mostly is
    share = share.where(draw_events(number, probability, generator, on), share.new_ones(()))
    own = uniform(number, 0.0, 1.0, generator, on) < share
    return mix_others(batch, (), other, share, own)


def cutmix(
    batch: Batch,
    field: str,
    size: tuple[int, int],
    alpha: float,
    probability: float,
    generator: torch.Generator,
) -> Batch:
    """Put a random rectangle of another image into each; targets are mixed by its area."""
    first = next(iter(batch.values()))
    number, on = len(first), first.device
    height, width = size
    other = torch.randperm(number, generator=generator).to(on)
    side = (1 - beta(number, alpha, generator, on)).sqrt()
    side = side * draw_events(number, probability, generator, on)
    rows = spans(number, height, (side * height).round(), generator, on)
    columns = spans(number, width, (side * width).round(), generator, on)
    inside = rows[:, :, None] & columns[:, None, :]
    share = 1 - inside.flatten(1).float().mean(1)
    own = uniform(number, 0.0, 1.0, generator, on) < share
    found = mix_others(batch, (field, MASK), other, share, own)
    if field in batch:
        found[field] = batch[field].where(~inside[:, None], batch[field][other])
    if MASK in batch:
        found[MASK] = batch[MASK].where(~inside, batch[MASK][other])
    return found


def mix_others(
    batch: Batch,
    skip: tuple[str, ...],
    other: Tensor,
    share: Tensor,
    own: Tensor,
) -> Batch:
    """All other fields: real numbers mixed, whole ones those of the one sample or the other."""
    found = dict(batch)
    for name, values in batch.items():
        if name in skip:
            continue
        shape = [-1] + [1] * (values.ndim - 1)
        if values.is_floating_point():
            part = share.reshape(shape)
            found[name] = part * values + (1 - part) * values[other]
        else:
            found[name] = values.where(own.reshape(shape), values[other])
    return found
