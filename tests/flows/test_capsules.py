"""A run is packed in one window and opened in another place: curves, notes, predictions, and the same losses once more."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.flows.hands import Hands
from tests.flows.test_sharing import drop
from tests.training.nets import small
from tests.training.verifying.test_replay import keep
from visualnet.app.features.capsules.pack_dialog import PackDialog
from visualnet.app.features.capsules.verify_dialog import VerifyDialog
from visualnet.app.shell.window import Window
from visualnet.core.storage.paths import runs_dir
from visualnet.training.capsules.packing import pack_run
from visualnet.training.run_records.annotations import annotate
from visualnet.training.transfer.project_in_weights import save_with_project

LEFT = Qt.MouseButton.LeftButton


def shared(tmp_path: Path) -> Path:
    """A packed run of somebody else."""
    folder = keep(small(epochs=2), tmp_path / "theirs" / "digits")
    annotate(folder, name="For you", notes="Look at the third class.")
    pack_run(folder, tmp_path / "digits.vnetz")
    return tmp_path / "digits.vnetz"


def test_a_capsule_is_dropped_looked_at_verified_and_packed_again(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared(tmp_path)
    held = path.read_bytes()
    drop(window, path)
    hands.until(lambda: window.runner.model is not None, what="the curves of the run that was inside")
    assert window.studio.project.name == "net"
    assert window.studio.document.path is None, "what is saved goes into a file of one's own"
    (run,) = window.studio.project.runs
    assert (runs_dir() / run.folder).is_dir()
    assert window.runner.model is not None
    assert window.runner.model.epochs_done == 2
    assert window.banner.isVisible()
    assert "all digests are right" in window.banner.text
    assert any(file.path == path for file in window.settings.files())

    told: list[str] = []

    def verify() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, VerifyDialog)
        told.extend((dialog.inside.text(), dialog.notes.text()))
        QTest.mouseClick(dialog.again, LEFT)
        hands.until(lambda: dialog.verdict is not None, what="the verdict")
        told.extend((dialog.head.text(), dialog.outcome.text()))
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    QTimer.singleShot(0, verify)
    window.actions_["train.verify_run"].trigger()
    assert "come with every VisualNet" in told[0]
    assert "torch" in told[0]
    assert "third class" in told[1]
    assert told[2] == "The same to the last bit"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "again"), ""))

    def pack() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PackDialog)
        assert not dialog.data.isVisible(), "these data need no packing"
        QTest.mouseClick(dialog.pack, LEFT)

    QTimer.singleShot(0, pack)
    window.actions_["train.pack_run"].trigger()
    assert (tmp_path / "again.vnetz").is_file()
    assert path.read_bytes() == held

    window.project_files.open(path)
    hands.until(lambda: len(window.project_files.tabs) == 2, what="a second tab")
    assert len(list(runs_dir().iterdir())) == 1, "the same capsule is the same run"


@pytest.mark.wide
def test_a_damaged_capsule_is_refused_in_words_and_nothing_is_written(
    window: Window, hands: Hands, tmp_path: Path
) -> None:
    path = shared(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    before = window.studio.document
    drop(window, path)
    hands.until(lambda: window.banner.isVisible(), what="the words")
    assert "damaged" in window.banner.text or "digest" in window.banner.text
    assert window.studio.document is before
    assert not runs_dir().exists() or not list(runs_dir().iterdir())


@pytest.mark.wide
def test_weights_that_carry_their_project_open_it(window: Window, hands: Hands, tmp_path: Path) -> None:
    import torch

    save_with_project(tmp_path / "w.safetensors", {"a": torch.zeros(2)}, small())
    window.project_files.open(tmp_path / "w.safetensors")
    hands.rest()
    assert [node.name for node in window.studio.graph] == [node.name for node in small().graph]
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(2)}, tmp_path / "plain.safetensors")
    window.project_files.open(tmp_path / "plain.safetensors")
    assert "carry no project" in window.banner.text
