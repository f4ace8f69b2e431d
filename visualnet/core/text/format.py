"""Figures in words: bytes, counts, durations, shares, plurals, sentences. Every text that a person reads takes them from here.

Bytes go by 1,024 (KiB, MiB, GiB), as memory does. What is rounded never shows a figure that belongs to the next unit (no "1,000 KiB",
no "60 s"), and a larger amount never reads as a smaller one. What is no finite number reads "unknown"; a minus is a minus sign, no hyphen.
"""

from __future__ import annotations

import math
from collections.abc import Callable

UNKNOWN = "unknown"
EXACT_COUNTS = 10_000_000
"""Below this a count has room enough to stand as it is."""
_BINARY = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_DECIMAL = ("k", "M", "G", "T", "P", "E")
_SHORT_TIMES = ((1e-9, "ns", 1000), (1e-6, "µs", 1000), (1e-3, "ms", 1000), (1.0, "s", 60))
_NOTHING = ("0", "0 B", "0 s")
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def format_bytes(size: float) -> str:
    """``0 B``, ``1.46 MiB``: three figures."""
    if not math.isfinite(size) or size < 0:
        return _apart(size, format_bytes)
    return f"{round(size):,} B" if round(size) < 1024 else _scaled(size, 1024, _BINARY)


def format_count(number: float) -> str:
    """``2,416`` as it is; from ten million on three figures: ``37.8 M``."""
    if not math.isfinite(number) or number < 0:
        return _apart(number, format_count)
    return f"{round(number):,}" if round(number) < EXACT_COUNTS else shorten_count(number)


def shorten_count(number: float) -> str:
    """``999``, ``61.7 k``, ``62.4 M``: three figures, for where there is little room."""
    if not math.isfinite(number) or number < 0:
        return _apart(number, shorten_count)
    return str(round(number)) if round(number) < 1000 else _scaled(number, 1000, _DECIMAL)


def format_duration(seconds: float, figures: int = 0) -> str:
    """``under 1 s``, ``7 s``, ``1 min 12 s``, ``2 h 05 min``, ``3 d 4 h``; a whole minute, hour or day stands alone.

    With ``figures`` so many of them are told of what takes less than a minute: ``3.2 ms``, ``1.5 s``.
    """
    if not math.isfinite(seconds) or seconds < 0:
        return _apart(seconds, lambda positive: format_duration(positive, figures))
    if figures and seconds:
        for size, unit, end in _SHORT_TIMES:
            rounded = _rounded(seconds / size, figures)
            if rounded < end:
                return f"{rounded:g} {unit}" if rounded >= 1 or unit != "ns" else "under 1 ns"
    elif 0 < seconds < 1:
        return "under 1 s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _joined(whole, _MINUTE, "min", 1, "s", "02d")
    if round(whole / _MINUTE) * _MINUTE < _DAY:
        return _joined(round(whole / _MINUTE) * _MINUTE, _HOUR, "h", _MINUTE, "min", "02d")
    return _joined(round(whole / _HOUR) * _HOUR, _DAY, "d", _HOUR, "h", "d")


def format_seconds(seconds: float) -> str:
    """A time to compare with another one: from a tenth of a second on in seconds, ``0.51 s``, else as `format_duration` has it."""
    return f"{_rounded(seconds, 2):g} s" if 0.1 <= seconds < 1 else format_duration(seconds, 2)


def format_playing_time(seconds: float) -> str:
    """A time that counts on while it is looked at, in tenths of a second: ``0.4 s``, ``12.0 s``."""
    return f"{seconds:.1f} s"


def format_percent(share: float, decimals: int = 1, signed: bool = False) -> str:
    """A share of one: ``97.3 %``; ``signed`` for a change: ``+12 %``."""
    if not math.isfinite(share):
        return UNKNOWN
    text = f"{100 * share:{'+' if signed else ''}.{decimals}f} %"
    return text.replace("-", "−") if float(text[:-2]) else text.lstrip("+-")


def format_quantity(number: int, one: str, many: str = "") -> str:
    """``1 node``, ``1,234 nodes``; ``many`` where the plural is not made by an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace("-", "−", 1 if number < 0 else 0)


def format_ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``, ``11th``, ``24th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number:,}{ending}"


def format_number(value: float, digits: int = 3) -> str:
    """A value in few characters: 0.0613, 1,250, 3.2e-05, or the word for what is no number."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite" if value > 0 else "−infinite"
    size = abs(value)
    if size and (size < 10.0**-digits or size >= 1e6):
        text = f"{value:.{max(digits - 1, 1)}e}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    elif _rounded(size, digits) >= 10 ** min(digits, 3):  # Python would write 999.5 as 1e+03.
        text = f"{value:,.0f}"
    elif not size:
        text = "0"
    else:
        text = f"{value:.{digits}g}"
    return text.replace("-", "−")


def format_spread(mean: float, spread: float) -> str:
    """A mean and how far values lie from it, told as exactly as that allows: ``0.932 ± 0.014``."""
    if not (math.isfinite(mean) and math.isfinite(spread)):
        return UNKNOWN
    decimals = min(max(1 - math.floor(math.log10(spread)), 0), 6) if spread > 0 else 2
    return f"{mean:,.{decimals}f} ± {spread:,.{decimals}f}".replace("-", "−")


def capitalize_first(words: str) -> str:
    """The words as a sentence begins; names within keep their capitals, which `str.capitalize` would take.

    A name of the code that stands first, such as ``step_size``, is left as it is spelled.
    """
    return words if "_" in words.partition(" ")[0] else words[:1].upper() + words[1:]


def _apart(number: float, text: Callable[[float], str]) -> str:
    """What is said of a number that is negative or not finite."""
    if not math.isfinite(number):
        return UNKNOWN
    positive = text(-number)
    return positive if positive in _NOTHING or positive.startswith("under") else f"−{positive}"


def _rounded(value: float, figures: int) -> float:
    return float(f"{value:.{figures}g}")


def _scaled(number: float, base: int, units: tuple[str, ...]) -> str:
    """Three figures in the first unit that needs no fourth one before the point."""
    value = float(number)
    for unit in units:
        value /= base
        if _rounded(value, 3) < 1000:
            return f"{_rounded(value, 3):g} {unit}"
    return f"{value:,.0f} {units[-1]}"


def _joined(whole: int, large: int, large_unit: str, small: int, small_unit: str, spec: str) -> str:
    first, rest = divmod(whole, large)
    return f"{first:,} {large_unit}" + (f" {rest // small:{spec}} {small_unit}" if rest else "")
