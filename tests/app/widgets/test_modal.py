"""A dialog goes when it has been answered, and what it shows with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from visualnet.app.widgets.dialogs.modal import answer_of


def test_an_answered_dialog_is_gone(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = QDialog(owner)
    QTimer.singleShot(0, dialog.accept)
    assert answer_of(dialog) == QDialog.DialogCode.Accepted
    assert isValid(dialog), "it can still be read"
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert not owner.findChildren(QDialog)
    assert QApplication.activeModalWidget() is None


def test_every_dialog_is_shown_so() -> None:
    """One that is shown by ``exec`` alone stays as long as the window, with all that it shows."""
    app = Path(__file__).resolve().parents[3] / "visualnet" / "app"
    others = ("main.py", "modal.py")
    for path in app.rglob("*.py"):
        for line in path.read_text("utf-8").splitlines() if path.name not in others else ():
            assert ".exec()" not in line, f"{path.name}: {line.strip()}: use widgets.modal.answer_of"
