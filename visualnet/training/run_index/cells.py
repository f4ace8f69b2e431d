"""A setting or a figure of a run as it stands in a list."""

from __future__ import annotations

from visualnet.core.text.format import format_bytes, format_duration, format_number
from visualnet.core.text.timestamps import moment

TEXTS = ("id", "name", "project", "state", "group", "data", "device", "optimizer", "schedule", "tags")
"""Columns that are read from the left; all others hold figures, or may."""


def cell_of(name: str, value: float | str | None) -> str:
    """The value of this name in few characters; nothing where a run has none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if name == "started":
        when = moment(value)
        return f"{when:%Y-%m-%d %H:%M}" if when is not None else ""
    if name == "duration":
        return format_duration(value)
    if name == "size":
        return format_bytes(int(value))
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e15 else format_number(value)
