"""Kept runs in the window: one that goes on elsewhere is followed, one name in every place, groups, steps taken back, curves as files."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel

from tests.flows.hands import Hands
from tests.flows.test_run_list import click, ids, open_page, write
from tests.flows.test_run_list import runs as runs
from tests.flows.test_run_list import trash as trash
from tests.training.by_hand import tiny
from visualnet.app.features.run_list.export_dialog import RunExportDialog
from visualnet.app.features.run_list.feature import RUN_TABLE
from visualnet.app.shell.window import Window
from visualnet.core.storage.paths import runs_dir
from visualnet.data.loading import load
from visualnet.training.control import Control
from visualnet.training.curve_export import several
from visualnet.training.loop.session import Session
from visualnet.training.process.server import serving
from visualnet.training.run_records.annotations import annotate, read_annotations
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs import run_history as history
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_changes import project_of_run
from visualnet.training.runs.run_model import read_run
from visualnet.training.transfer.project_in_weights import read_project_of

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def going_on() -> Iterator[Path]:
    """A run that goes on beside the window until it is stopped, as one that a shell has started."""
    project = replace(tiny(epochs=100_000), name="long")
    folder = begin_run(project, runs_dir() / "long-run")
    control = Control()

    def train() -> None:
        with serving(folder, control) as tell:
            Session(project, load(project.data), tell, control, folder=folder, threads=1).run()

    thread = threading.Thread(target=train, name="elsewhere")
    thread.start()
    yield folder
    control.stop()
    thread.join()


def state_of(view: Any, run: str) -> str:
    at = view.model.row_of(run)
    return "" if at is None else str(view.model.index(at, 1 + view.model.columns.index("state")).data())


@pytest.mark.wide
def test_a_run_of_another_process_is_seen_to_train_and_followed(
    window: Window, hands: Hands, going_on: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    view = open_page(window, hands)
    hands.until(lambda: state_of(view, "long-run") == "training", what="that it trains")
    click(view, "long-run")
    assert view.follow.isVisible() and not view.again.isVisible()
    view.run_actions.delete()
    assert "stop it first" in told[-1] and going_on.is_dir()
    QTest.mouseClick(view.follow, LEFT)
    hands.until(lambda: window.runner.state == "running", what="followed")
    assert not window.covered and window.studio.project.name == "long"
    hands.until(lambda: len(window.runner.model.epochs) > 2, what="its epochs")
    window.runner.leave()
    hands.until(lambda: window.runner.state == "idle", what="left alone")
    panel = window.show_panel("runs")
    panel.refresh()
    row = next(at for at, run in enumerate(panel.model.runs) if run.id == "long-run")
    assert panel.model.index(row, 1).data() == "training elsewhere" and panel.buttons["show"].text() == "Follow"
    QTest.mouseClick(panel.buttons["show"], LEFT)
    hands.until(lambda: window.runner.state == "running", what="followed again")
    window.actions_.trigger("train.stop")
    hands.until(lambda: window.runner.state == "idle", what="stopped")
    view = open_page(window, hands)
    hands.until(lambda: state_of(view, "long-run") == "stopped", what="that it has ended")
    assert not view.follow.isVisible() and view.again.isVisible()


@pytest.mark.wide
def test_a_name_is_the_same_on_the_page_and_in_the_panel_and_old_ones_are_taken_over(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = replace(tiny(), name="points")
    for folder, name in zip(runs, ("old name", "", "", ""), strict=True):
        project = history.put_run(replace(history.new_run(project, folder), state="done"))(project)
        project = history.rename(folder.name, name)(project)
    annotate(runs[1], name="from the page")
    window.open_copy(project)
    names = lambda: {run.id: history.name_of(run) for run in window.studio.project.runs}  # noqa: E731
    assert names() == {"run-0": "old name", "run-1": "from the page", "run-2": "", "run-3": ""}
    assert read_annotations(runs[0]).name == "old name"
    panel = window.show_panel("runs")
    panel.choose("run-2")
    panel.table.setFocus()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("by hand", True))
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    assert read_annotations(runs[2]).name == "by hand" and names()["run-2"] == "by hand"
    tab = window.project_files.tabs.front
    view = open_page(window, hands)
    assert {row.id: row.name for row in view.store.rows}["run-2"] == "by hand"
    click(view, "run-2")
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_F2)
    view.notes.name.selectAll()
    QTest.keyClicks(view.notes.name, "better")
    QTest.keyClick(view.notes.name, Qt.Key.Key_Return)
    window.project_files.tabs.show(tab)
    hands.rest()
    assert names()["run-2"] == "better" and panel.model.titles["run-2"] == "better"
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(panel.table, Qt.Key.Key_Z, CTRL)
    assert names()["run-2"] == "" and read_annotations(runs[2]).name == ""
    window.project_files.tabs.show(tab)
    assert names()["run-2"] == ""  # what was taken away does not come back from the project


@pytest.mark.wide
def test_what_was_done_to_runs_is_taken_back_and_done_again_with_keys(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch, trash: Path
) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("slow", True))
    view = open_page(window, hands)
    assert not view.undo.isEnabled() and not view.redo.isEnabled()
    click(view, "run-2")
    click(view, "run-3", CTRL)
    view.run_actions.tag()
    view.run_actions.archive()
    hands.until(lambda: sorted(ids(view)) == ["run-0", "run-1"], what="those that are not archived")
    click(view, "run-1")
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    hands.until(lambda: ids(view) == ["run-0"], what="the one that is left")
    assert not runs[1].exists()
    assert "in the trash" in view.undo.toolTip()
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL)
    hands.until(lambda: sorted(ids(view)) == ["run-0", "run-1"], what="the deleted one again")
    assert runs[1].is_dir()
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL)
    hands.until(lambda: len(ids(view)) == 4, what="all of them")
    assert read_annotations(runs[3]).tags == ("slow",)
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL)
    assert read_annotations(runs[3]).tags == () == read_annotations(runs[2]).tags and not view.undo.isEnabled()
    for _ in range(3):
        QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL_SHIFT)
    hands.until(lambda: ids(view) == ["run-0"], what="the one that is left again")
    assert not runs[1].exists() and not view.redo.isEnabled()
    QTest.mouseClick(view.undo, LEFT)
    assert runs[1].is_dir()
    # what is written in a field is taken back there first
    write(view, hands, "run-0")
    view.search.edit.setFocus()
    QTest.keyClick(view.search.edit, Qt.Key.Key_Z, CTRL)
    assert view.search.text() != "run-0" and read_annotations(runs[3]).archived


def test_runs_stand_in_groups_that_open_close_and_are_remembered(
    window: Window, hands: Hands, runs: list[Path]
) -> None:
    view = open_page(window, hands)
    view.set_group("project")
    names = [view.model.group_at(at).value for at in view.model.group_rows()]
    assert names == ["points", "other"]
    text = view.model.index(0, 0).data()
    assert text.startswith("points   3 runs · best loss ") and "±" in text and view.table.columnSpan(0, 0) > 1

    def press(row: int, x: int) -> None:
        rect = view.table.visualRect(view.model.index(row, 0))
        QTest.mouseClick(view.table.viewport(), LEFT, pos=QPoint(rect.left() + x, rect.center().y()))

    press(0, 120)  # the group's row: its runs are chosen
    assert sorted(one.id for one in view.chosen_rows()) == ["run-1", "run-2", "run-3"]
    hands.until(lambda: view.curves.chart.chart is not None and len(view.curves.chart.chart.bands) == 3, what="curves")
    press(0, 8)  # its arrow
    assert view.model.rowCount() == 3 and view.model.row_of("run-2") is None
    assert sorted(one.id for one in view.chosen_rows()) == ["run-1", "run-2", "run-3"]
    view.choose("run-2")
    assert view.model.row_of("run-2") is not None and [one.id for one in view.chosen_rows()] == ["run-2"]
    press(0, 120)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Left)
    assert view.model.rowCount() == 3
    QTest.keyClick(view.table, Qt.Key.Key_Right)
    assert view.model.rowCount() == 6
    QTest.keyClick(view.table, Qt.Key.Key_Space)
    assert view.model.rowCount() == 3
    kept = window.settings.section(RUN_TABLE)
    assert kept["group"] == "project" and kept["folded"] == ["project\tpoints"]
    write(view, hands, "lr<0.05")
    assert [view.model.runs_at(at)[0].id for at in range(view.model.rowCount())] == ["run-1", "run-0", "run-0"]
    view.set_group("")
    assert sorted(ids(view)) == ["run-0", "run-1"]


@pytest.mark.wide
def test_curves_of_chosen_runs_are_written_for_other_tools(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    annotate(runs[1], name="a/b: wide")
    view = open_page(window, hands)
    click(view, "run-1")
    click(view, "run-2", CTRL)
    QTest.mouseClick(view.more, LEFT)
    menu = view.more.menu()
    (line,) = [one for one in menu.actions() if one.text() == "Export curves…"]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(line).center())
    dialog = view.findChild(RunExportDialog)
    assert dialog is not None and dialog.isVisible() and "2 runs" in dialog.findChildren(QLabel)[0].text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    QTest.mouseClick(dialog.export, LEFT)
    hands.until(lambda: any("Wrote the curves of 2 runs" in words for words in told), what="the files")
    named = tmp_path / "out" / "a b wide.csv"
    assert len(list((tmp_path / "out").glob("*.csv"))) == 2 and named.is_file()
    kept = read_run(runs[1])
    rows = [line for line in named.read_text().splitlines() if line.startswith("validation,loss,")]
    assert [float(line.rpartition(",")[2]) for line in rows] == kept.validation["loss"].values.tolist()
    before = named.read_bytes()
    view.run_actions.export()
    dialog = next(one for one in view.findChildren(RunExportDialog) if one.isVisible())
    QTest.mouseClick(dialog.export, LEFT)
    hands.until(lambda: dialog.fault.isVisible(), what="a refusal")
    assert "already" in dialog.fault.text() and named.read_bytes() == before and dialog.export.isEnabled()
    dialog.curve_format.setCurrentIndex(dialog.curve_format.findData("parquet"))
    assert not dialog.fault.isVisible()
    QTest.mouseClick(dialog.export, LEFT)
    hands.until(lambda: len(told) == 2, what="the tables")
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 2
    view.run_actions.export()
    dialog = next(one for one in view.findChildren(RunExportDialog) if one.isVisible())
    QTest.mouseClick(dialog.together, LEFT, pos=QPoint(8, dialog.together.height() // 2))
    dialog.curve_format.setCurrentIndex(dialog.curve_format.findData("tensorboard"))
    assert not dialog.together.isEnabled() and not dialog.joins
    dialog.curve_format.setCurrentIndex(dialog.curve_format.findData("csv"))
    assert dialog.joins and "column “run”" in dialog.about.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "all"), ""))
    QTest.mouseClick(dialog.export, LEFT)
    hands.until(lambda: len(told) == 3, what="the one table")
    lines = (tmp_path / "all.csv").read_text().splitlines()
    assert lines[0] == "run,part,name,step,epoch,value" and "2 runs" in told[-1]
    assert {line.partition(",")[0] for line in lines[1:]} >= {"a/b: wide"}


def test_mlflow_is_offered_and_what_it_needs_is_said(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(several, "is_installed", lambda: False)
    view = open_page(window, hands)
    click(view, "run-1")
    view.run_actions.export()
    dialog = view.findChild(RunExportDialog)
    dialog.curve_format.setCurrentIndex(dialog.curve_format.findData("mlflow"))
    assert "pip install mlflow" in dialog.about.text() and not dialog.export.isEnabled()
    dialog.curve_format.setCurrentIndex(dialog.curve_format.findData("csv"))
    assert dialog.export.isEnabled() and not dialog.joins
    monkeypatch.setattr(several, "is_installed", lambda: True)
    monkeypatch.setitem(sys.modules, "mlflow.entities", None)  # it was there, and is broken
    dialog.curve_format.setCurrentIndex(dialog.curve_format.findData("mlflow"))
    assert dialog.joins and dialog.export.isEnabled() and "pip" not in dialog.about.text()
    (tmp_path / "store.db").write_bytes(b"")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "store"), ""))
    QTest.mouseClick(dialog.export, LEFT)
    hands.until(lambda: dialog.fault.isVisible(), what="words")
    assert "pip install mlflow" in dialog.fault.text() and dialog.isVisible()


def test_weights_of_a_run_are_written_with_their_network(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    view = open_page(window, hands)
    click(view, "run-1")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "kept"), ""))
    QTest.mouseClick(view.more, LEFT)
    menu = view.more.menu()
    (line,) = [one for one in menu.actions() if one.text() == "Export weights…"]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(line).center())
    hands.until(lambda: any("Wrote the best weights" in words for words in told), what="the file")
    assert mark_of(read_project_of(tmp_path / "kept.safetensors")) == mark_of(project_of_run(runs[1]))
