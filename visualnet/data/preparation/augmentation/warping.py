"""Images, masks and boxes of a batch, moved by a matrix for each sample, or shifted and mirrored pixel by pixel."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # as scripts write it
from torch import Tensor

from visualnet.data.preparation.field_checks import BOX_LABELS, BOXES, LEAST_SIDE, MASK, PADDING_LABEL

Batch = dict[str, Tensor]


def warp(batch: Batch, field: str, matrices: Tensor, size: tuple[int, int], padding: str) -> Batch:
    """The image of this field, its mask and its boxes, moved.

    A matrix (2×3) for each sample leads from the centre of a pixel (right, down) to where it goes.
    """
    from kornia.geometry.transform import warp_affine  # slow to import

    found = dict(batch)
    if field in batch:
        found[field] = warp_affine(batch[field], matrices, size, padding_mode=padding)
    if MASK in batch:
        mask = batch[MASK][:, None].float()
        moved = warp_affine(mask, matrices, size, mode="nearest", padding_mode=padding)
        found[MASK] = moved[:, 0].round().to(batch[MASK].dtype)
    if BOXES in batch:
        boxes = batch[BOXES] - 0.5  # from the edges of pixels to their centres
        x, y = boxes[..., [0, 2, 2, 0]], boxes[..., [1, 1, 3, 3]]
        across = matrices[:, 0, None, None, :]
        down = matrices[:, 1, None, None, :]
        right = across[..., 0] * x + across[..., 1] * y + across[..., 2] + 0.5
        below = down[..., 0] * x + down[..., 1] * y + down[..., 2] + 0.5
        moved = torch.stack([right.amin(-1), below.amin(-1), right.amax(-1), below.amax(-1)], -1)
        found.update(_keep_boxes(batch, moved, size))
    return found


def mirror(batch: Batch, field: str, chosen: Tensor, size: tuple[int, int], axis: int) -> Batch:
    """The image, mask and boxes of the chosen samples, mirrored along an axis.

    −1 swaps left and right, −2 above and below.
    """
    found = dict(batch)
    for name in (field, MASK):
        if name in batch:
            shape = [-1] + [1] * (batch[name].ndim - 1)
            found[name] = torch.where(chosen.reshape(shape), batch[name].flip(axis), batch[name])
    if BOXES in batch:
        boxes, low = batch[BOXES], 0 if axis == -1 else 1
        moved = boxes.clone()
        extent = size[axis]
        moved[..., low] = extent - boxes[..., low + 2]
        moved[..., low + 2] = extent - boxes[..., low]
        found.update(_keep_boxes(batch, torch.where(chosen[:, None, None], moved, boxes), size))
    return found


def shift(batch: Batch, field: str, down: Tensor, right: Tensor, size: tuple[int, int]) -> Batch:
    """Image, mask and boxes of each sample, shifted by whole pixels; 0 comes in at the edges."""
    found = dict(batch)
    for name in (field, MASK):
        if name in batch:
            found[name] = _shift_pixels(batch[name], down, right)
    if BOXES in batch:
        offset = torch.stack([right, down, right, down], -1)[:, None]
        found.update(_keep_boxes(batch, batch[BOXES] + offset, size))
    return found


def _shift_pixels(values: Tensor, down: Tensor, right: Tensor) -> Tensor:
    height, width = values.shape[-2:]
    edge = int(max(down.abs().max(), right.abs().max()))
    padded = F.pad(values, (edge, edge, edge, edge))
    rows = torch.arange(height, device=values.device) + edge - down[:, None]
    columns = torch.arange(width, device=values.device) + edge - right[:, None]
    samples = torch.arange(len(values), device=values.device)[:, None, None]
    if values.ndim == 3:
        return padded[samples, rows[:, :, None], columns[:, None, :]]
    last = padded.movedim(1, -1)[samples, rows[:, :, None], columns[:, None, :]]
    return last.movedim(-1, 1).contiguous()


def _keep_boxes(batch: Batch, boxes: Tensor, size: tuple[int, int]) -> Batch:
    """Boxes cut off at the edges; those of which nothing is left, and those that were none, pad."""
    limits = boxes.new_tensor([size[1], size[0], size[1], size[0]])
    inside = boxes.clamp(min=0).minimum(limits)
    kept = (inside[..., 2:] - inside[..., :2] >= LEAST_SIDE).all(-1)
    if BOX_LABELS in batch:
        kept &= batch[BOX_LABELS] != PADDING_LABEL
    found = {BOXES: torch.where(kept[..., None], inside, torch.zeros_like(inside))}
    if BOX_LABELS in batch:
        found[BOX_LABELS] = torch.where(kept, batch[BOX_LABELS], PADDING_LABEL)
    return found
