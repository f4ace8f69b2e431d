"""What augmentation takes from kornia, in PyTorch alone: a training script has the text of these functions, so that it needs no kornia.

They compute the same as kornia's functions of the same names (a test holds them together), for batches (sample, channel, row, column).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # as scripts write it
from torch import Tensor


def warp_affine(
    image: Tensor,
    matrices: Tensor,
    size: tuple[int, int],
    mode: str = "bilinear",
    padding_mode: str = "zeros",
) -> Tensor:
    """Each image moved by its matrix (2×3).

    It leads from the centre of a pixel (right, down) to where that goes.
    """
    last = matrices.new_tensor([[[0.0, 0.0, 1.0]]]).expand(len(matrices), 1, 3)
    whole = torch.cat([matrices, last], 1)
    across, down = (2 / max(extent - 1, 1e-14) for extent in (size[1], size[0]))
    scale = matrices.new_tensor([[across, 0, -1], [0, down, -1], [0, 0, 1]])
    back = scale @ whole.inverse() @ scale.inverse()
    grid = F.affine_grid(back[:, :2], [*image.shape[:2], *size], align_corners=True)
    return F.grid_sample(image, grid, mode=mode, padding_mode=padding_mode, align_corners=True)


def gaussian_blur2d(image: Tensor, size: tuple[int, int], deviation: Tensor) -> Tensor:
    """Each image blurred with its deviations (down, right), over so many rows and columns."""
    count, channels, height, width = image.shape
    padding = [size[1] // 2, size[1] // 2, size[0] // 2, size[0] // 2]
    found = F.pad(image, padding, mode="reflect")
    found = found.reshape(1, count * channels, *found.shape[2:])
    for axis in (0, 1):
        at = torch.arange(size[axis], dtype=image.dtype, device=image.device) - size[axis] // 2
        weights = torch.exp(-(at**2) / (2 * deviation[:, axis : axis + 1] ** 2))
        weights = (weights / weights.sum(1, keepdim=True)).repeat_interleave(channels, 0)
        shape = (count * channels, 1, -1, 1) if axis == 0 else (count * channels, 1, 1, -1)
        found = F.conv2d(found, weights.reshape(shape), groups=count * channels)
    return found.reshape(count, channels, height, width)


def adjust_brightness(image: Tensor, added: Tensor) -> Tensor:
    """Each image with so much added to its pixels, kept between 0 and 1."""
    return (image + added.reshape(-1, 1, 1, 1)).clamp(0, 1)


def adjust_saturation(image: Tensor, factor: Tensor) -> Tensor:
    """The colours of each image made richer (above 1) or paler (below 1)."""
    hue, saturation, value = rgb_to_hsv(image)
    return hsv_to_rgb(hue, (saturation * factor.reshape(-1, 1, 1)).clamp(0, 1), value)


def adjust_hue(image: Tensor, turn: Tensor) -> Tensor:
    """The colours of each image turned on the colour circle (radians)."""
    hue, saturation, value = rgb_to_hsv(image)
    return hsv_to_rgb(torch.fmod(hue + turn.reshape(-1, 1, 1), 2 * torch.pi), saturation, value)


def rgb_to_hsv(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue (0 to 2π), saturation and value of colours (sample, 3, row, column) from 0 to 1."""
    red, green, blue = image.unbind(1)
    value, place = image.max(1)
    spread = value - image.amin(1)
    saturation = spread / (value + 1e-8)
    apart = torch.where(spread == 0, torch.ones_like(spread), spread)
    sixths = torch.stack([green - blue, blue - red + 2 * apart, red - green + 4 * apart]) / apart
    hue = sixths.gather(0, place[None])[0] / 6 % 1
    return 2 * torch.pi * hue, saturation, value


def hsv_to_rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Colours (sample, 3, row, column) from hue (0 to 2π), saturation and value."""
    sixth = hue / (2 * torch.pi) * 6
    part, rest = sixth.floor() % 6, (sixth % 6) - sixth.floor() % 6
    low, falling, rising = (value * (1 - saturation * share) for share in (1.0, rest, 1 - rest))
    shades = {"v": value, "p": low, "q": falling, "t": rising}
    orders = ("vqpptv", "tvvqpp", "pptvvq")  # red, green and blue in each sixth of the circle
    channels = [torch.stack([shades[name] for name in order]) for order in orders]
    return torch.stack([channel.gather(0, part[None].long())[0] for channel in channels], 1)
