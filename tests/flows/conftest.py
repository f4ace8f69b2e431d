"""A whole window for each story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.flows.hands import Hands
from visualnet.app.shell.closing_dialog import ClosingDialog
from visualnet.app.shell.window import Window
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.user.settings import Settings


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """A window at 1440×900 on its start page; whatever a story leaves unsaved is thrown away at its end."""
    made = Window(Settings(tmp_path / "settings.json"), ThemeKeeper(qapp, "dark"))
    made.resize(1440, 900)
    made.show()
    qapp.processEvents()
    yield made
    monkeypatch.setattr(QMessageBox, "exec", lambda self: answer(self))
    monkeypatch.setattr(ClosingDialog, "exec", lambda self: self.discard_all())
    made.close()
    made.deleteLater()
    qapp.processEvents()


def answer(box: QMessageBox) -> Any:
    """Stop a training, throw changes away."""
    buttons = QMessageBox.StandardButton
    return buttons.Discard if box.button(buttons.Discard) else buttons.Yes


@pytest.fixture
def hands(window: Window) -> Hands:
    """Someone who works the window."""
    return Hands(window)


@pytest.fixture
def lenet(hands: Hands) -> Hands:
    """Someone in front of LeNet, all of it in view."""
    hands.window.project_files.open_template("lenet5")
    hands.rest(0.2)
    hands.view.fit_at_once()
    hands.rest()
    return hands
