"""Where the files shipped with the program lie."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of a shipped file, `resource("icons", "play.svg")`."""
    return _ROOT.joinpath(*parts)
