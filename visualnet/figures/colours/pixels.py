"""Pictures of numbers as red, green and blue, and as a PNG file."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.figures.colours.indices import HATCH, LEVELS
from visualnet.figures.colours.maps import DIVERGING, SEQUENTIAL

Rgb = NDArray[np.uint8]

ON_PAPER = ((255, 255, 255), (216, 220, 229), (93, 102, 120))
"""Gaps, and the two colours of what is not finite."""


def rgb_of(values: NDArray[Any], colours: str) -> Rgb:
    """Numbers of colours (H, W) as colours (H, W, 3); what is ``rgb`` already is left."""
    if colours == "rgb":
        return np.asarray(values, np.uint8)
    table = DIVERGING if colours == "signed" else SEQUENTIAL
    every = np.concatenate([table[np.round(np.linspace(0, 255, LEVELS)).astype(int)], np.array(ON_PAPER, np.uint8)])
    found: Rgb = every[np.minimum(values, HATCH)]
    return found


def png_of(rgb: Rgb) -> bytes:
    """A picture (H, W, 3) as the bytes of a PNG file (ISO 15948)."""
    height, width, _ = rgb.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = rgb.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
