"""Asking where to write: nothing is written over that the person has not been asked about."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from visualnet.app.widgets.dialogs.modal import answer_of, message_box


def ask_target(parent: QWidget, title: str, wish: str, kinds: str, ending: str = "") -> Path | None:
    """The file that the person names; None if nothing is to be written.

    A name without an ending gets that of the chosen kind, or ``ending``; one with another ending than ``ending`` gets it behind its own.
    The dialog has asked about the name that was typed, so where the whole name is another one that is taken, that is asked here.
    """
    name, kind = QFileDialog.getSaveFileName(parent, title, wish, kinds)
    if not name:
        return None
    typed = Path(name)
    path = _with_ending(typed, ending or f".{kind.rpartition('*.')[2].rstrip(')')}", always=bool(ending))
    return path if path == typed or not os.path.lexists(path) or may_replace(parent, path) else None


def _with_ending(path: Path, ending: str, always: bool) -> Path:
    if path.suffix.lower() == ending or (path.suffix and not always) or ending == ".":
        return path
    return path.with_name(f"{path.name}{ending}")


def may_replace(parent: QWidget, path: Path) -> bool:
    """Ask whether a file that is there may be written over."""
    buttons = QMessageBox.StandardButton
    more = f"It stands in {path.parent}; what is in it would be lost."
    choice, words = buttons.Yes | buttons.Cancel, f"{path.name} is already there. Replace it?"
    box = message_box(parent, "Replace the file?", words, more, choice, "warning", "warning")
    box.button(buttons.Yes).setText("Replace it")
    box.setDefaultButton(buttons.Cancel)
    return answer_of(box) == buttons.Yes
