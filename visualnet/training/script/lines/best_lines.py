"""How a training script tells the best epoch."""

from __future__ import annotations

from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.core.project import LAST_EPOCH


def spell_best(name: str, mode: str, min_delta: bool, alone: bool) -> dict[str, str]:
    """What stands in the template for it. ``alone``: no loss decides between two epochs with the same value."""
    last = name == LAST_EPOCH
    worst, beats = ("math.inf", "<") if mode == "min" else ("-math.inf", ">")
    gain = "gained - value" if mode == "min" else "value - gained"
    least = "MIN_DELTA" if min_delta else "0"
    told = {
        "value_of_epoch": "float(epoch)" if last else f"means[{write_literal(name)}]",
        "worst_value": worst,
        "has_gained": f"{gain} > {least}",
    }
    if alone or last:
        return {**told, "worst": worst, "is_best": f"value {beats} best", "new_best": "value"}
    # Of two epochs with the same value the one with the smaller loss is the better.
    pair = '(value, means["loss"])' if mode == "min" else '(value, -means["loss"])'
    return {
        **told,
        "worst": f"({worst}, {worst})",
        "is_best": f"math.isfinite(value) and {pair} {beats} best",
        "new_best": pair,
    }
