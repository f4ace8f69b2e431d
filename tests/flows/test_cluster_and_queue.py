"""A network is trained elsewhere or later: the folder for a cluster is written from the window, and runs are put into the queue."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.hands import Hands
from visualnet.app.features.cluster_and_queue import queue_dialog
from visualnet.app.features.cluster_and_queue.cluster_dialog import ClusterDialog
from visualnet.app.features.cluster_and_queue.queue_dialog import QueueDialog
from visualnet.app.shell.window import Window
from visualnet.core.storage import project_file
from visualnet.training.queue.queue_file import note, read_queue
from visualnet.training.queue.worker import hold_queue

LEFT = Qt.MouseButton.LeftButton


def test_the_folder_for_a_cluster_is_written(window: Window, hands: Hands, tmp_path: Path) -> None:
    window.project_files.open_template("perceptron-points")
    hands.rest()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")

    def work() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ClusterDialog)
        dialog.nodes.setValue(2)
        dialog.processes.setValue(3)
        assert "6 processes share each batch" in dialog.words.text()
        dialog.folder.setText(str(tmp_path / "taken"))
        QTest.mouseClick(dialog.write_button, LEFT)
        hands.until(lambda: not dialog.fault.isHidden(), what="words")
        assert "is not empty" in dialog.fault.text()
        dialog.folder.setText(str(tmp_path / "out"))
        QTest.mouseClick(dialog.write_button, LEFT)
        hands.until(lambda: not dialog.isVisible(), what="the folder")

    QTimer.singleShot(0, work)
    window.actions_.trigger("train.export_cluster")
    assert f"Wrote {tmp_path / 'out'}" in window.toast.text
    assert "--nproc-per-node=3" in (tmp_path / "out" / "train.slurm").read_text()
    assert project_file.load(tmp_path / "out" / "project.vnet").graph == window.studio.project.graph


@pytest.mark.wide
def test_runs_wait_in_the_queue(window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    window.project_files.open_template("perceptron-points")
    hands.rest()
    window.actions_.trigger("train.queue_add")
    assert "Number 1 in the queue" in window.toast.text
    window.actions_.trigger("train.queue_add")
    one, two = (run.folder for run in read_queue().runs)
    started: list[int] = []
    monkeypatch.setattr(queue_dialog, "start_worker", lambda: started.append(1))

    def work() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QueueDialog)
        assert dialog.state.text().startswith("2 runs in the queue. “Train them” begins")
        assert not dialog.first.isEnabled()  # nothing is chosen
        dialog.list.setCurrentRow(1)
        QTest.mouseClick(dialog.first, LEFT)
        assert [run.folder for run in read_queue().runs] == [two, one]
        QTest.mouseClick(dialog.work, LEFT)
        assert started and not dialog.work.isEnabled()
        with hold_queue():  # as that process does
            hands.until(lambda: "A process trains them" in dialog.state.text(), what="the process")
            assert "is trained now" in dialog.list.item(0).text()
            dialog.list.setCurrentRow(0)
            assert not dialog.remove.isEnabled()  # it is being trained
        note(two, failed="the loss became NaN")
        hands.until(lambda: "failed: the loss became NaN" in dialog.list.item(0).text(), what="the failure")
        for _ in range(2):
            dialog.list.setCurrentRow(0)
            QTest.mouseClick(dialog.remove, LEFT)
        assert read_queue().runs == () and dialog.empty.isVisible() and not dialog.work.isEnabled()
        dialog.reject()

    QTimer.singleShot(0, work)
    window.actions_.trigger("train.queue")
    assert Path(one).is_dir() and Path(two).is_dir()  # their folders stay
