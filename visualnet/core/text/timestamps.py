"""Moments as files tell them: seconds since 1970 that may be any number."""

from __future__ import annotations

import math
from datetime import datetime

LATEST_S = 253_000_000_000.0
"""Late in the year 9987: what lies behind it has no date."""


def moment(seconds: float) -> datetime | None:
    """The local date and time; None where the number can be none that a program has written down."""
    if not math.isfinite(seconds) or not 0 < seconds < LATEST_S:
        return None
    try:
        return datetime.fromtimestamp(seconds)
    except (OverflowError, ValueError, OSError):  # some systems know fewer years
        return None
