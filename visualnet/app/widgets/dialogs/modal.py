"""Dialogs that are shown until they are answered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from visualnet.app.theme import icons
from visualnet.app.widgets.basic import restyle

ICON = 36
"""How large the sign of a message is."""


def answer_of(dialog: QDialog) -> int:
    """Show a dialog until it is answered, and let go of it then.

    A dialog has the window for its parent, so it would else stay as long as the window, with all that it shows: whole projects at times.
    It can be read until the program is back in its event loop.
    """
    try:
        return dialog.exec()
    finally:
        dialog.deleteLater()


def message_box(
    parent: QWidget,
    title: str,
    text: str,
    more: str = "",
    buttons: QMessageBox.StandardButton = QMessageBox.StandardButton.Ok,
    icon: str = "info",
    role: str = "accent",
) -> QMessageBox:
    """A message with one of the program's own icons, and what follows from the answers in smaller words."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, buttons, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(more)
    box.setIconPixmap(icons.pixmap(icon, ICON, role, parent.devicePixelRatioF()))
    return box


def question(
    parent: QWidget,
    title: str,
    text: str,
    more: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton,
    icon: str = "help",
) -> QMessageBox:
    """A question; ``answer_of`` tells which button was pressed."""
    box = message_box(parent, title, text, more, buttons, icon)
    box.setDefaultButton(default)
    if (button := box.button(default)) is not None and default != QMessageBox.StandardButton.Cancel:
        restyle(button, kind="primary")
    return box
