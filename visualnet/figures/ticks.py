"""Round numbers along an axis, and their labels."""

from __future__ import annotations

import itertools
import math

from visualnet.core.text.format import format_number


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, at most about `most` of them, and two at least: one alone tells no scale."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    if count < 2:
        return nice_ticks(low, high, most + 1)
    return [round((first + i) * step, 12) for i in range(count)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Exponents of 1, 2, 5 or 1, 3 or whole decades between the exponents low and high."""
    for mantissas in ((1, 2, 5), (1, 3), (1,)):
        decades = range(math.floor(low) - 1, math.ceil(high) + 1)
        ticks = [d + math.log10(m) for d in decades for m in mantissas]
        ticks = [t for t in ticks if low - 1e-9 <= t <= high + 1e-9]
        if len(ticks) <= most:
            return ticks
    stride = math.ceil(len(ticks) / max(most, 1))
    return [t for t in ticks if round(t) % stride == 0]


def tick_labels(values: list[float]) -> list[str]:
    """Tick labels with one number of decimals for all."""
    if not values:
        return []
    step = min((b - a for a, b in itertools.pairwise(values)), default=abs(values[0]) or 1.0)
    largest = max(abs(v) for v in values)
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if 20 * unit <= largest * (20 if letter == "M" else 1) < 1e10 and step >= unit / 100:
            return [f"{v / unit:g}{letter}".replace("-", "−") if v else "0" for v in values]
    if largest >= 1e6 or (largest and largest < 1e-3):
        return [format_number(v) if v else "0" for v in values]
    decimals = min(max(0, -math.floor(math.log10(step) + 1e-9)), 6) if step > 0 else 0
    return [f"{v:,.{decimals}f}".replace("-", "−") for v in values]
