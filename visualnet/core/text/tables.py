"""Rows of values as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any


def csv_of(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as text, a line each (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
