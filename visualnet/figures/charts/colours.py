"""From the named colours of a drawing to those of a palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Rgb = tuple[int, int, int]
SIGNED = ((0x2B, 0x6C, 0xC4), (0xD6, 0x45, 0x3D))
"""Less than zero and more than zero: seen on light and on dark ground, as light as each other."""
READABLE = 4.5
"""The contrast from which small words can be read, as WCAG asks."""


def resolve(role: str, palette: Mapping[str, str], curves: Sequence[str]) -> str:
    """A role as ``#rrggbb``: a name of the palette, ``curve:2``, ``amount:0.4`` (from ground to accent), ``signed:-0.4`` (from ground to
    blue, above zero to red), or what can be read on one of these; ``#rrggbb`` is left as it is."""
    if role.startswith("on "):
        ground = read(resolve(role[3:], palette, curves))
        inks = (palette["text"], palette["surface"], "#000000", "#ffffff")
        readable = [ink for ink in inks if contrast(read(ink), ground) >= READABLE]
        return readable[0]  # black or white is, on any ground
    if role.startswith("amount:"):
        share = min(max(float(role[7:]), 0.0), 1.0)
        low, high = read(palette["surface"]), read(palette["accent"])
        # Nothing is a shade above the ground: a cell is seen also where nothing is in it.
        low = mix(low, read(palette["line"]), 0.35)
        red, green, blue = mix(low, high, share)
        return f"#{red:02x}{green:02x}{blue:02x}"
    if role.startswith("signed:"):
        share = min(max(float(role[7:]), -1.0), 1.0)
        red, green, blue = mix(read(palette["surface"]), SIGNED[share > 0], abs(share))
        return f"#{red:02x}{green:02x}{blue:02x}"
    if role.startswith("#"):
        return role
    if role.startswith("curve:"):
        return curves[int(role[6:]) % len(curves)]
    return palette[role]


def read(colour: str) -> Rgb:
    """The parts of ``#rrggbb``."""
    red, green, blue = bytes.fromhex(colour.lstrip("#"))
    return red, green, blue


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """A colour so far on the way from one to another."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def contrast(a: Rgb, b: Rgb) -> float:
    """How well one can be read on the other: from 1 to 21, as WCAG counts."""
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    parts = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
