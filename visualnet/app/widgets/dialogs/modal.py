"""Dialogs that are shown until they are answered."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QMessageBox, QWidget


def answer_of(dialog: QDialog) -> int:
    """Show a dialog until it is answered, and let go of it then.

    A dialog has the window for its parent, so it would else stay as long as the window, with all that it shows: whole projects at times.
    It can be read until the program is back in its event loop.
    """
    try:
        return dialog.exec()
    finally:
        dialog.deleteLater()


def question(
    parent: QWidget,
    title: str,
    text: str,
    more: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton,
) -> QMessageBox:
    """A question, with what follows from the answers in smaller words; ``answer_of`` tells which button was pressed."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, buttons, parent)
    box.setInformativeText(more)
    box.setDefaultButton(default)
    return box
