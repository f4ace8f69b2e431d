"""Dialogs that are shown until they are answered."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog


def answer_of(dialog: QDialog) -> int:
    """Show a dialog until it is answered, and let go of it then.

    A dialog has the window for its parent, so it would else stay as long as the window, with all that it shows: whole projects at times.
    It can be read until the program is back in its event loop.
    """
    try:
        return dialog.exec()
    finally:
        dialog.deleteLater()
