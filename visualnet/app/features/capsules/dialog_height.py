"""How high a dialog of wrapped words must be."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog


def fit_height(dialog: QDialog, width: int) -> None:
    """Make a dialog at least as high as its words are at this width, or its own if that is larger."""
    layout = dialog.layout()
    assert layout is not None
    layout.activate()
    wide = max(width, dialog.width() if dialog.isVisible() else 0)
    dialog.resize(wide, max(layout.totalHeightForWidth(wide), dialog.height() if dialog.isVisible() else 0))
