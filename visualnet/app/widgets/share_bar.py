"""A progress bar that shows a share of the whole."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar

from visualnet.app.widgets.basic import describe

STEPS = 1000


class ShareBar(QProgressBar):
    """A bar without text, filled from 0 to 1. ``name`` and ``tip`` are told to screen readers and shown when the pointer rests on it."""

    def __init__(self, name: str, tip: str = "") -> None:
        super().__init__(textVisible=False)
        self.setRange(0, STEPS)
        describe(self, name, tip)

    def show_share(self, share: float) -> None:
        """Fill this share of the bar, from 0 to 1."""
        self.setRange(0, STEPS)
        self.setValue(round(STEPS * share))

    def show_busy(self) -> None:
        """Show that something is at work of which no share is known."""
        self.setRange(0, 0)
