"""A known set is fetched from the window; without a network, or ended in the middle, it says so and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from tests.contract.source_makers.torchvision_sets import write_mnist
from tests.flows.hands import LEFT, Hands
from tests.flows.test_data_page import answer_dialog
from visualnet.app.features.data_page.download_dialog import DownloadDialog
from visualnet.app.shell.window import Window
from visualnet.data.sources.torchvision_sets import download as module

NO_NETWORK = "“train-images” cannot be fetched (Name or service not known): is this machine connected to the network?"


def when_open(act: Callable[[DownloadDialog], object]) -> None:
    """Do this as soon as the dialog is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, DownloadDialog):
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def test_a_set_is_fetched_and_chosen_and_trouble_is_told(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.project_files.open_template("lenet5")
    window.show_space("data")
    page = window.panel("data")
    page.show_section("choose")
    has_begun, may_go_on = threading.Event(), threading.Event()
    wanted: list[tuple[str, Path]] = []
    ways: dict[str, Callable[[Path, Any], None]] = {}

    def download(name: str, folder: Path, check: Callable[[float], None]) -> Path:
        wanted.append((name, folder))
        ways["now"](folder, check)
        return folder

    def refuse(folder: Path, check: Any) -> None:
        raise ValueError(NO_NETWORK)

    def halt(folder: Path, check: Any) -> None:
        check(0.5)
        has_begun.set()
        may_go_on.wait(60)
        check(0.6)

    monkeypatch.setattr(module, "download", download)
    halves: list[int] = []

    def work(dialog: DownloadDialog) -> None:
        ways["now"] = refuse
        dialog.place.setText(str(tmp_path / "sets"))
        dialog.sets.setCurrentIndex(dialog.sets.findData("FashionMNIST"))
        QTest.mouseClick(dialog.fetch, LEFT)
        hands.until(lambda: dialog.fault.text(), what="words")
        assert "connected to the network" in dialog.fault.text() and dialog.fetch.isEnabled() and dialog.bar.isHidden()
        # Another try, ended in the middle: the dialog closes once it has ended.
        ways["now"] = halt
        QTest.mouseClick(dialog.fetch, LEFT)
        assert not dialog.fault.text() and not dialog.fetch.isEnabled()
        hands.until(has_begun.is_set, what="the download")
        hands.until(lambda: dialog.bar.value() == 500, what="its progress")
        halves.append(dialog.bar.value())
        QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel), LEFT)
        assert dialog.isVisible() and "ended" in dialog.words.text()
        may_go_on.set()

    when_open(work)
    hands.press(page, "Download a known set")
    assert halves == [500] and window.studio.project.data.name == "mnist5k"
    assert wanted == [("FashionMNIST", tmp_path / "sets")] * 2

    # What came is looked through and chosen like a folder of one's own.
    ways["now"] = lambda folder, check: write_mnist(folder / "MNIST" / "raw")

    def fetch(dialog: DownloadDialog) -> None:
        dialog.place.setText(str(tmp_path / "sets"))
        answer_dialog()
        QTest.keyClick(dialog.place, Qt.Key.Key_Return)

    when_open(fetch)
    window.actions_.trigger("train.download_data")
    hands.until(lambda: window.studio.project.data.name == "torchvision", what="the data")
    assert window.studio.project.data.path == str(tmp_path / "sets")
