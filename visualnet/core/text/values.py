"""Raw values as people type them: ``5``, ``5×3``, ``same``, ``2*channels``; read, written and stepped."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from visualnet.core.graph import Value

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")


def read_value(text: str, several: bool) -> Value:
    """What a person typed, as a file would hold it: a number, an expression, a word, or several of them."""
    parts = [p.strip() for p in re.split(r"[×,;]|(?<=\d)\s*x\s*(?=\d)", text.strip().strip("[]()")) if p.strip()]
    if several and len(parts) > 1:
        return tuple(_read_part(p) for p in parts)
    return _read_part(parts[0] if several and parts else text.strip())


def _read_part(text: str) -> Value:
    text = text.replace("−", "-").replace(" ", " ").strip()
    if re.fullmatch(r"-?\d{1,18}", text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) else text):
        return int(text.replace(",", ""))
    if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def write_value(raw: Any) -> str:
    """A raw value as a person would type it."""
    if raw is None:
        return ""
    if isinstance(raw, list | tuple):
        texts = [write_value(r) for r in raw]
        return texts[0] if len(set(texts)) == 1 and len(texts) > 1 else " × ".join(texts)
    if isinstance(raw, float):
        return f"{raw:g}"
    return str(raw)


def whole_between(low: int, high: int, why: str = "") -> Callable[[Value], str]:
    """A check that says what is wrong with a value unless it is a whole number from ``low`` to ``high``."""

    def check(value: Value) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            return "a whole number is wanted"
        return "" if low <= value <= high else why or f"a whole number from {low:,} to {high:,}"

    return check


def step_value(value: Value, steps: int) -> Value:
    """The value some steps further: whole numbers by one, others along 1, 2, 5, 10 …; words and expressions stay."""
    if isinstance(value, list | tuple):
        return tuple(step_value(v, steps) for v in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, int):
        return value + steps
    for _ in range(abs(steps)):
        value = _next_round(value, steps > 0)
    return value


def _next_round(value: float, up: bool) -> float:
    """The next of …, 0.1, 0.2, 0.5, 1, 2, 5, … above or below."""
    if value == 0:
        return 0.001 if up else 0.0
    power = 10.0 ** int(f"{abs(value):e}".partition("e")[2])
    ladder = [m * power for m in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)]
    side = [r for r in ladder if (r > abs(value) * 1.0001 if up == (value > 0) else r < abs(value) * 0.9999)]
    chosen = min(side) if up == (value > 0) else max(side)
    return round(chosen if value > 0 else -chosen, 12)


def name_before(text: str, cursor: int) -> str:
    """The name that is being typed left of the cursor, or ""; one that has letters right of it is not."""
    if text[cursor : cursor + 1].isalnum():
        return ""
    found = _NAME.search(text[:cursor])
    return found.group() if found else ""
