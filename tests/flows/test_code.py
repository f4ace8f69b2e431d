"""The network and its training as files of Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.flows.hands import Hands
from visualnet.app.features.code import export
from visualnet.app.features.code.feature import LISTING
from visualnet.app.shell.window import Window


def test_the_training_script_is_saved_with_its_data(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.project_files.open_template("perceptron-points")
    hands.rest()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / "fit.py"), "Python (*.py)"))
    window.actions_.trigger("view.code")
    panel = window.panel("code")
    panel.switch.part(1).click()
    hands.until(lambda: panel.save.isEnabled(), what="the script")
    panel.save.click()
    hands.until(lambda: "Wrote" in window.toast.text, what="the files")
    assert (tmp_path / "fit_data.npz").is_file() and 'HERE / "fit_data.npz"' in (tmp_path / "fit.py").read_text()
    window.settings[LISTING] = "model"
    asked: list[Path] = []
    monkeypatch.setattr(export, "may_replace", lambda parent, path: bool(asked.append(path)))
    (tmp_path / "fit.py").unlink()
    window.actions_.trigger("train.export_script")
    assert asked == [tmp_path / "fit_data.npz"] and not (tmp_path / "fit.py").exists()
