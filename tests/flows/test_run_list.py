"""The page *All runs*: filtered, sorted, compared, tagged, put away and deleted with mouse and keys; what was done can be undone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMenu

from tests.app.trash_folder import use_trash
from tests.flows.hands import Hands
from tests.training.by_hand import tiny
from tests.training.changed_run import train_changed
from visualnet.app.features.run_list import run_actions
from visualnet.app.shell.window import Window
from visualnet.core.project import Project
from visualnet.core.storage.paths import runs_dir
from visualnet.data.loading import load
from visualnet.training.loop.session import Session
from visualnet.training.process import address, liveness
from visualnet.training.run_index import index
from visualnet.training.run_records.annotations import read_annotations
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import write_record
from visualnet.training.runs import run_history as history
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_model import read_project, read_run
from visualnet.training.transfer.initial_weights import find_weights
from visualnet.training.transfer.weight_files import read_weights
from visualnet.training.verifying.comparing import compare
from visualnet.training.verifying.weights import digest

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
RATES = (0.001, 0.01, 0.1)


@pytest.fixture
def runs(request: pytest.FixtureRequest) -> list[Path]:
    """Four short runs: three learning rates, the last with two seeds."""
    made = []
    for at, (lr, seed) in enumerate([*((lr, 0) for lr in RATES), (0.1, 1)]):
        project = replace(tiny(lr=lr, seed=seed, epochs=2), name="points" if at else "other")
        folder = begin_run(project, runs_dir() / f"run-{at}")
        Session(project, load(project.data), lambda event: None, folder=folder, threads=1).run()
        made.append(folder)
    return made


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the trash is; whoever is asked says that runs shall go there."""
    monkeypatch.setattr(
        run_actions, "answer_of", lambda box: next(b for b in box.buttons() if b.text() == "Move to the trash").click()
    )
    return use_trash(tmp_path / "trash", monkeypatch)


def open_page(window: Window, hands: Hands) -> Any:
    window.actions_.trigger("train.all_runs")
    view = window.pages["run_list"].view  # type: ignore[attr-defined]
    hands.until(lambda: view.model.rowCount() == len(list(runs_dir().iterdir())), what="the runs")
    hands.rest()
    return view


def ids(view: Any) -> list[str]:
    return [view.model.row_at(at).id for at in range(view.model.rowCount())]


def click(view: Any, run: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    cell = view.model.index(view.model.row_of(run), 1)
    QTest.mouseClick(view.table.viewport(), LEFT, keys, view.table.visualRect(cell).center())


def click_header(view: Any, name: str) -> None:
    header = view.table.horizontalHeader()
    at = 1 + view.model.columns.index(name)
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(header.sectionViewportPosition(at) + 8, header.height() // 2))


def write(view: Any, hands: Hands, line: str) -> None:
    view.search.edit.setFocus()
    view.search.edit.selectAll()
    QTest.keyClick(view.search.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(view.search.edit, line)
    QTest.keyClick(view.search.edit, Qt.Key.Key_Return)
    hands.rest()


@pytest.mark.wide
def test_runs_are_filtered_sorted_and_their_curves_laid_over_each_other(
    window: Window, hands: Hands, runs: list[Path]
) -> None:
    view = open_page(window, hands)
    click_header(view, "lr")
    assert ids(view)[0] == "run-0" and {ids(view)[2], ids(view)[3]} == {"run-2", "run-3"}
    click_header(view, "lr")
    assert ids(view)[-1] == "run-0"
    write(view, hands, "lr<0.05 state:done")
    assert sorted(ids(view)) == ["run-0", "run-1"]
    write(view, hands, "speed>3")
    assert view.fault.isVisible() and "speed" in view.fault.text() and sorted(ids(view)) == ["run-0", "run-1"]
    write(view, hands, "")
    assert not view.fault.isVisible() and len(ids(view)) == 4
    click(view, "run-1")
    click(view, "run-2", CTRL)
    click(view, "run-3", CTRL)
    hands.until(lambda: view.curves.chart.chart is not None and len(view.curves.chart.chart.bands) == 3, what="curves")
    assert set(view.model.drawn) == {"run-1", "run-2", "run-3"} and view.curves.which.currentText() == "validation loss"
    QTest.mouseClick(view.curves.bands, LEFT, pos=QPoint(8, view.curves.bands.height() // 2))
    bands = view.curves.chart.chart.bands
    assert {band.name for band in bands} == {"lr 0.1 (2 runs)", "lr 0.01"}
    assert all(low <= high for band in bands for low, high in zip(band.low, band.high, strict=True))
    click(view, "run-1")
    click(view, "run-2", CTRL)
    QTest.mouseClick(view.side.part(2), LEFT)
    hands.until(lambda: view.pair.tree.topLevelItemCount() > 0, what="the difference")
    heads = [view.pair.tree.topLevelItem(at).text(0) for at in range(view.pair.tree.topLevelItemCount())]
    assert heads[0] == "Recipe" and "Outcome" in heads
    assert view.pair.tree.topLevelItem(0).child(0).text(0) == "lr"


@pytest.mark.wide
def test_a_page_that_nobody_sees_keeps_no_logs(window: Window, hands: Hands, runs: list[Path]) -> None:
    view = open_page(window, hands)
    click(view, "run-1")
    hands.until(lambda: set(view.store.models) == {"run-1"}, what="its curves")
    click(view, "run-2")
    hands.until(lambda: set(view.store.models) == {"run-2"}, what="those of the other one alone")
    window.show_page("start_page")
    hands.rest()
    assert not view.store.models
    open_page(window, hands)
    hands.until(lambda: set(view.store.models) == {"run-2"}, what="what was chosen")


@pytest.mark.wide
def test_a_range_brushed_on_an_axis_becomes_a_condition(window: Window, hands: Hands, runs: list[Path]) -> None:
    view = open_page(window, hands)
    QTest.mouseClick(view.side.part(1), LEFT)
    hands.rest()
    chart = view.settings.chart
    places = dict(chart.axis_places())
    assert next(iter(places)) == "lr" and list(places)[-1] == "best"
    x = places["lr"]
    low = next(y for y in range(chart.height(), 0, -1) if chart.share_at(QPointF(0, y)) > 0.6)
    QTest.mousePress(chart, LEFT, pos=QPoint(int(x), 5))
    QTest.mouseMove(chart, QPoint(int(x), low))
    QTest.mouseRelease(chart, LEFT, pos=QPoint(int(x), low))
    hands.rest()
    assert view.search.text().startswith("lr>=") and sorted(ids(view)) == ["run-2", "run-3"]


@pytest.mark.wide
def test_a_run_is_named_tagged_and_noted_and_several_are_put_away_and_brought_back(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = open_page(window, hands)
    click(view, "run-1")
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_F2)
    assert view.sides.currentWidget() is view.notes
    QTest.keyClicks(view.notes.name, "First try")
    QTest.keyClicks(view.notes.tags, "baseline, thesis")
    QTest.keyClicks(view.notes.notes, "# Why")
    QTest.keyClick(view.notes.notes, Qt.Key.Key_Return)
    QTest.keyClicks(view.notes.notes, "<b>no</b> ![x](http://a.b/c.png)")
    QTest.mouseClick(view.notes.switch.part(1), LEFT)
    assert view.notes.page.toPlainText().startswith("Why")
    click(view, "run-2")
    said = read_annotations(runs[1])
    assert (said.name, said.tags) == ("First try", ("baseline", "thesis")) and said.notes.startswith("# Why")
    write(view, hands, "tag:thesis")
    hands.until(lambda: ids(view) == ["run-1"], what="the run with this tag")
    write(view, hands, "")
    click(view, "run-2")
    click(view, "run-3", CTRL)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("slow", True))
    view.run_actions.tag()
    assert read_annotations(runs[2]).tags == ("slow",) and read_annotations(runs[3]).tags == ("slow",)
    view.run_actions.archive()
    hands.until(lambda: sorted(ids(view)) == ["run-0", "run-1"], what="those that are not archived")
    QTest.mouseClick(view.away, LEFT, pos=QPoint(8, view.away.height() // 2))
    assert len(ids(view)) == 4


@pytest.mark.wide
def test_deleted_runs_lie_in_the_trash_and_come_back(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch, trash: Path
) -> None:
    offered: list[Any] = []
    monkeypatch.setattr(
        type(window.studio.shell), "notify", lambda self, kind, words, deeds: offered.append((words, deeds))
    )
    view = open_page(window, hands)
    click(view, "run-1")
    click(view, "run-2", CTRL)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    hands.until(lambda: sorted(ids(view)) == ["run-0", "run-3"], what="those that are left")
    assert not runs[1].exists()
    words, deeds = offered[-1]
    assert words == "2 runs are in the trash." and deeds[0][0] == "Undo"
    deeds[0][1]()
    hands.until(lambda: len(ids(view)) == 4, what="all of them again")
    assert runs[1].is_dir()


def test_a_run_that_another_machine_may_be_training_is_not_deleted(
    window: Window, hands: Hands, runs: list[Path], trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    made = address.write(runs[1], "/tmp/nowhere/run")
    (runs[1] / address.FILE).write_bytes(msgspec.json.encode(replace(made, host="far away")))
    view = open_page(window, hands)
    click(view, "run-1")
    click(view, "run-2", CTRL)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    hands.until(lambda: sorted(ids(view)) == ["run-0", "run-1", "run-3"], what="those that are left")
    assert runs[1].is_dir() and any("“run-1” stays" in words and "another machine" in words for words in told)
    monkeypatch.setattr(liveness, "SILENT_S", 0.0)  # nothing has moved for long enough
    click(view, "run-1")
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    hands.until(lambda: sorted(ids(view)) == ["run-0", "run-3"], what="those that are left")


def test_folders_are_looked_at_beside_the_window_and_the_table_stays_until_then(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    view, gate, entered, told = open_page(window, hands), threading.Event(), threading.Event(), list[int]()
    hands.until(lambda: not view.store.is_looking, what="the folders, once looked at")
    mark_folder, here = index.mark_folder, threading.current_thread()

    def slow(entry: Any, now: float) -> str:
        assert threading.current_thread() is not here
        entered.set()
        assert gate.wait(60)
        return mark_folder(entry, now)

    monkeypatch.setattr(index, "mark_folder", slow)
    click(view, "run-1")
    view.store.changed.connect(lambda: told.append(view.model.rowCount()))
    name = {"name": "First"}
    view.store.annotate("named", ["run-1"], lambda said: name)
    hands.until(entered.is_set, what="the folders looked at in a thread")
    view.store.annotate(
        "named", ["run-2"], lambda said: name
    )  # behind what is looked at just now: it is looked at once more
    assert view.store.is_looking
    assert told == [] and len(ids(view)) == 4, "the table stays as it was"
    write(view, hands, "lr:0.1")  # the index answers meanwhile
    answered, chosen = len(told), [row.id for row in view.chosen_rows()]
    gate.set()
    hands.until(lambda: {row.name for row in view.store.rows} >= {"First"} and not view.store.is_looking, what="names")
    assert answered >= 1 and 0 not in told[answered:], "never an empty table between"
    assert [row.id for row in view.chosen_rows()] == chosen


@pytest.mark.wide
def test_a_run_is_verified_opened_and_branched(window: Window, hands: Hands, runs: list[Path]) -> None:
    told: list[str] = []
    window.studio.message.connect(lambda kind, words: told.append(words))
    view = open_page(window, hands)
    click(view, "run-2")
    QTest.mouseClick(view.check, LEFT)
    assert view.check.text() == "Stop"
    hands.until(lambda: view.check.text() == "Verify", what="the verdict")
    assert any("Equal to the last bit" in words for words in told)
    view.run_actions.branch("last", True)
    hands.rest()
    assert not window.covered and window.studio.project.recipe.lr == 0.1
    made = window.studio.project.runs[-1]
    assert made.state == "stopped" and (runs_dir() / made.folder / "last" / "state.json").is_file()
    view = open_page(window, hands)
    click(view, "run-1")
    view.run_actions.branch("best", False)
    hands.rest()
    assert window.studio.project.recipe.start_from == "runs/run-1/best"


def project_in(run: Path) -> Project:
    found = read_project(run)
    assert found is not None
    return found


@pytest.mark.wide
def test_a_run_is_trained_again_as_it_began_and_an_earlier_network_is_branched_from(
    window: Window, hands: Hands, tmp_path: Path
) -> None:
    begun = train_changed(runs_dir() / "changed")
    place = tmp_path / "project"
    place.mkdir()
    write_record(runs_dir() / "changed", replace(read_record(runs_dir() / "changed"), place=str(place)))
    kept = read_run(runs_dir() / "changed")
    view = open_page(window, hands)
    click(view, "changed")
    QTest.mouseClick(view.again, LEFT)
    runner = window.studio.runner
    hands.until(lambda: not runner.busy and runner.run is not None and runner.run.state == "done", what="its end")
    assert not window.covered, "the project is in front, and its curves"
    assert mark_of(window.studio.project) == mark_of(begun) != mark_of(project_in(runs_dir() / "changed"))
    assert window.studio.project.recipe == begun.recipe
    again = history.folder_of(runner.run)
    assert again is not None
    origin = read_record(again).origin
    assert origin is not None
    assert read_record(again).place == str(place), "where the project's file lies, for its revision in git"
    assert (origin.kind, origin.run) == ("again", "changed")
    assert compare(kept, read_run(again), kept.networks[0].step).equal, "to the last bit, up to the change"
    assert not read_run(again).networks

    view = open_page(window, hands)
    click(view, "changed")
    menu = QMenu(view)
    view.run_actions.fill(menu)
    (branches,) = (action.menu() for action in menu.actions() if action.text() == "Branch from")
    words = "The weights of its best epoch before its network was changed"
    next(action for action in branches.actions() if action.text() == words).trigger()
    hands.rest()
    project = window.studio.project
    assert mark_of(project) == mark_of(begun)
    weights = read_weights(find_weights(project.recipe.start_from))
    assert digest(weights) == digest(read_weights(runs_dir() / "changed" / "network-0" / "best.safetensors"))
    before = runner.run
    hands.keys("F5")
    hands.until(lambda: runner.run is not None and runner.run is not before and not runner.busy, what="its training")
    assert runner.run.state == "done"


@pytest.mark.wide
def test_this_project_is_that_which_was_in_front_before_the_page(
    window: Window, hands: Hands, runs: list[Path]
) -> None:
    view = open_page(window, hands)
    QTest.mouseClick(view.scope.part(1), LEFT)
    hands.until(lambda: view.model.rowCount() == 0, what="no run, where no project was in front")
    window.project_files.open_template("perceptron-points")
    hands.studio.do("Name", lambda project: replace(project, name="points"))
    view = window.pages["run_list"].view  # type: ignore[attr-defined]
    window.actions_.trigger("train.all_runs")
    hands.until(lambda: set(ids(view)) == {"run-1", "run-2", "run-3"}, what="its runs")
    QTest.mouseClick(view.scope.part(0), LEFT)
    hands.until(lambda: len(ids(view)) == 4, what="all")
