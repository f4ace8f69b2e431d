"""The table of all runs: what is put away and asked for again, columns of choice, disk used, the trash of the system; by mouse and keys."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton

from tests.flows.hands import Hands
from tests.flows.test_run_list import click, click_header, ids, open_page, write
from tests.flows.test_run_list import runs as runs
from visualnet.app.features.run_list import run_actions
from visualnet.app.features.run_list.table_model import USUAL
from visualnet.app.shell.window import Window
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core.storage.paths import data_dir, runs_dir
from visualnet.core.user.settings import Settings
from visualnet.training.run_index.index import RunIndex
from visualnet.training.run_index.query import Scope
from visualnet.training.run_records.annotations import annotate, read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import write_record

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
ACROSS = Qt.Orientation.Horizontal
NAMES = ("none", "one", "two", "three")
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}
WAYS = [("hidden", "Hide", "Show again"), ("archived", "Archive", "Bring back")]


@pytest.fixture
def named(runs: list[Path]) -> list[Path]:
    """The four runs, with names that the curves have too."""
    for folder, name in zip(runs, NAMES, strict=True):
        annotate(folder, name=name)
    return runs


@contextmanager
def another_window(window: Window, qapp: QApplication) -> Iterator[Hands]:
    """Close the window, and open another one of the same person."""
    window.close()
    made = Window(Settings(window.settings.path), ThemeKeeper(qapp, "dark"))
    made.resize(1440, 900)
    made.show()
    qapp.processEvents()
    try:
        yield Hands(made)
    finally:
        made.close()
        made.deleteLater()
        qapp.processEvents()


def open_menu(button: QPushButton) -> QMenu:
    """Click a button that has a menu."""
    QTest.mouseClick(button, LEFT)
    menu = button.menu()
    assert menu.isVisible()
    return menu


def pick(button: QPushButton, words: str) -> None:
    """Open a button's menu with the mouse, go to the line with these words by the arrow key, and take it."""
    menu = open_menu(button)
    for _ in menu.actions():
        QTest.keyClick(menu, Qt.Key.Key_Down)
        if (line := menu.activeAction()) is not None and line.text() == words:
            QTest.keyClick(menu, Qt.Key.Key_Return)
            button.window().activateWindow()  # which a window manager would do: there is none here
            return
    pytest.fail(f"no line says “{words}”; there are {[line.text() for line in menu.actions()]}")


def tick(box: Any) -> None:
    """Click a check box."""
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))


def drawn_names(view: Any) -> set[str]:
    """The names of the curves over each other."""
    chart = view.curves.chart.chart
    return {band.name for band in chart.bands} if chart is not None else set()


def choose_all(view: Any) -> None:
    """All rows, with the keyboard."""
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_A, CTRL)


def grey(view: Any) -> set[str]:
    """The runs whose names stand in the weak colour of what is put away."""
    muted = view.store.studio.theme.muted
    inks = {view.model.row_at(at).id: view.model.index(at, 0).data(Qt.ItemDataRole.ForegroundRole) for at in rows(view)}
    return {run for run, ink in inks.items() if ink is not None and ink.name() == muted.lower()}


def rows(view: Any) -> range:
    return range(view.model.rowCount())


def headers(view: Any) -> list[str]:
    """What stands above the columns, from the left as they are seen."""
    header = view.table.horizontalHeader()
    return [
        view.model.headerData(header.logicalIndex(at), ACROSS)
        for at in range(header.count())
        if not header.isSectionHidden(header.logicalIndex(at))
    ]


def cells(view: Any, title: str) -> dict[str, str]:
    """The column below a header, by run."""
    at = headers(view).index(title)
    return {view.model.row_at(row).id: view.model.index(row, at).data() for row in rows(view)}


# --- put away -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flag", "deed", "back"), WAYS, ids=["hidden", "archived"])
def test_a_run_put_away_leaves_table_and_curves_and_comes_back_with_undo(
    flag: str, deed: str, back: str, window: Window, hands: Hands, named: list[Path]
) -> None:
    """Only the one that was chosen; done again with redo; and the foot counts what is left."""
    view = open_page(window, hands)
    choose_all(view)
    hands.until(lambda: drawn_names(view) == set(NAMES), what="all curves")
    click(view, "run-2")
    pick(view.more, deed)
    left = {"run-0", "run-1", "run-3"}
    hands.until(lambda: set(ids(view)) == left, what="those that are left")
    hands.until(lambda: "two" not in drawn_names(view) and "run-2" not in view.model.drawn, what="its curve gone")
    assert view.count.text().startswith("3 runs") and getattr(read_annotations(named[2]), flag)
    choose_all(view)
    hands.until(lambda: drawn_names(view) == {"none", "one", "three"}, what="the others' curves")
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL)
    hands.until(lambda: len(ids(view)) == 4, what="all of them")
    assert not getattr(read_annotations(named[2]), flag) and read_annotations(named[2]).name == "two"
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL_SHIFT)
    hands.until(lambda: set(ids(view)) == left, what="those that are left again")


@pytest.mark.parametrize(("flag", "deed", "back"), WAYS, ids=["hidden", "archived"])
def test_a_run_put_away_is_found_by_its_condition_and_shown_again(
    flag: str, deed: str, back: str, window: Window, hands: Hands, named: list[Path]
) -> None:
    """The condition and the check box show it, in grey; the menu offers the way back where all that are chosen are away."""
    annotate(named[2], **{flag: True})
    window.actions_.trigger("train.all_runs")
    view = window.pages["run_list"].view  # type: ignore[attr-defined]
    hands.until(lambda: len(ids(view)) == 3, what="those that are not away")
    assert grey(view) == set()
    tick(view.away)
    assert len(ids(view)) == 4 and grey(view) == {"run-2"}
    choose_all(view)
    assert len(view.chosen_rows()) == 4
    words = [line.text() for line in open_menu(view.more).actions()]
    assert deed in words and back not in words, "three are not away"
    QTest.keyClick(view.more.menu(), Qt.Key.Key_Escape)
    tick(view.away)
    assert len(ids(view)) == 3
    write(view, hands, f"is:{flag}")
    assert ids(view) == ["run-2"]
    click(view, "run-2")
    hands.until(lambda: drawn_names(view) == {"two"}, what="its curve")
    pick(view.more, back)
    hands.until(lambda: ids(view) == [], what="nothing that is away")
    write(view, hands, "")
    assert len(ids(view)) == 4 and grey(view) == set() and not getattr(read_annotations(named[2]), flag)


def test_what_is_put_away_stays_away_in_another_window_and_an_index_made_anew(
    window: Window, hands: Hands, named: list[Path], qapp: QApplication
) -> None:
    view = open_page(window, hands)
    for run, deed in (("run-1", "Hide"), ("run-2", "Archive")):
        click(view, run)
        pick(view.more, deed)
        hands.until(lambda run=run: run not in ids(view), what="that it leaves")
    index = RunIndex(runs_dir())
    index.refresh()
    seen = {flag: {row.id for row in index.rows(scope=Scope(**{flag: True}))} for flag in ("hidden", "archived")}
    assert {row.id for row in index.rows()} == {"run-0", "run-3"}
    assert seen == {"hidden": {"run-0", "run-3", "run-1"}, "archived": {"run-0", "run-3", "run-2"}}
    index.close()
    with another_window(window, qapp) as other:
        shutil.rmtree(data_dir() / "index")
        other.window.actions_.trigger("train.all_runs")
        view = other.window.pages["run_list"].view  # type: ignore[attr-defined]
        other.until(lambda: set(ids(view)) == {"run-0", "run-3"}, what="those that are not away")
        other.until(lambda: not view.store.is_looking, what="the folders, once looked at")
        assert set(ids(view)) == {"run-0", "run-3"}
        tick(view.away)
        assert len(ids(view)) == 4 and grey(view) == {"run-1", "run-2"}


# --- columns ---------------------------------------------------------------------------------------------------------------


def test_columns_are_chosen_and_hold_the_values_of_each_run(window: Window, hands: Hands, runs: list[Path]) -> None:
    """Every setting and figure that some run has is offered; a new column stands last, and is empty where a run has no such value."""
    record = read_record(runs[1])
    write_record(runs[1], replace(record, best={**record.best, "f1": 0.25}))
    view = open_page(window, hands)
    hands.until(lambda: "f1" in view.store.index.names(), what="the figure of one run")
    usual = ["run", "state", "epochs", "best value", "lr", "optimizer", "duration", "tags"]
    assert headers(view) == usual
    for name in ("seed", "parameters", "batch_size", "f1", "last.loss"):
        pick(view.columns, name)
    assert headers(view) == [*usual, "seed", "parameters", "batch size", "f1", "last.loss"]
    assert cells(view, "seed") == {"run-0": "0", "run-1": "0", "run-2": "0", "run-3": "1"}
    assert cells(view, "lr") == {"run-0": "0.001", "run-1": "0.01", "run-2": "0.1", "run-3": "0.1"}
    assert set(cells(view, "parameters").values()) == {"42"} and set(cells(view, "batch size").values()) == {"16"}
    assert cells(view, "f1") == {"run-0": "", "run-1": "0.25", "run-2": "", "run-3": ""}
    for run, text in cells(view, "last.loss").items():
        assert float(text) == pytest.approx(read_record(runs_dir() / run).last["loss"], rel=0.01)
    ticked = {line.text(): line.isChecked() for line in open_menu(view.columns).actions()}
    QTest.keyClick(view.columns.menu(), Qt.Key.Key_Escape)
    assert set(ticked) == {*USUAL, *view.store.index.names()} and not ticked["size"]
    assert {name for name, on in ticked.items() if on} == set(view.model.columns)
    click_header(view, "seed")
    assert ids(view)[-1] == "run-3"
    click_header(view, "seed")
    assert ids(view)[0] == "run-3"


def test_columns_and_their_order_are_remembered_in_another_window(
    window: Window, hands: Hands, runs: list[Path], qapp: QApplication
) -> None:
    """One that was taken away and chosen again stands last; what was chosen in the table stays chosen meanwhile."""
    view = open_page(window, hands)
    click(view, "run-2")
    for name in ("state", "parameters", "duration", "state", "tags"):
        pick(view.columns, name)
        assert [row.id for row in view.chosen_rows()] == ["run-2"]
    wanted = ["run", "epochs", "best value", "lr", "optimizer", "parameters", "state"]
    assert headers(view) == wanted
    with another_window(window, qapp) as other:
        again = open_page(other.window, other)
        assert again is not view and headers(again) == wanted
        assert set(cells(again, "parameters").values()) == {"42"} and set(cells(again, "state").values()) == {"done"}
        pick(again.columns, "epochs")
        assert headers(again) == [one for one in wanted if one != "epochs"]
        for name in tuple(again.model.columns):
            pick(again.columns, name)
        assert headers(again) == ["run"] and type(again.model)(again.store).columns == (), "none is a choice too"


def test_arrow_of_the_order_stays_above_its_column_when_others_come_and_go(
    window: Window, hands: Hands, runs: list[Path]
) -> None:
    """And is gone with it; the rows stay in that order."""
    view = open_page(window, hands)
    header = view.table.horizontalHeader()

    def above() -> str:
        at = header.sortIndicatorSection()
        return view.model.headerData(at, ACROSS) if at >= 0 else ""

    click_header(view, "lr")
    order = ids(view)
    assert above() == "lr" and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
    pick(view.columns, "state")
    assert above() == "lr" and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder and ids(view) == order
    pick(view.columns, "lr")
    assert above() == "" and ids(view) == order
    pick(view.columns, "lr")
    assert above() == "lr"


# --- disk ------------------------------------------------------------------------------------------------------------------


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def tells(text: str, size: int) -> bool:
    """Whether words such as “18.2 KiB” are this size, to three figures."""
    number, unit = text.split()
    return abs(float(number) * UNITS[unit] - size) <= 0.005 * size and 1 <= float(number) < 1024


def test_disk_used_is_the_sum_of_the_files_and_is_told_of_a_run_the_list_and_what_is_deleted(
    window: Window, hands: Hands, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of files in folders below. The foot tells that of the rows that are listed, the question before deleting that of the chosen."""
    (runs[1] / "more" / "deep").mkdir(parents=True)
    (runs[1] / "more" / "deep" / "large.bin").write_bytes(bytes(3_000_000))
    (runs[2] / "some.bin").write_bytes(bytes(70_000))
    asked: list[str] = []
    monkeypatch.setattr(run_actions, "answer_of", lambda box: asked.append(box.informativeText()))
    view = open_page(window, hands)
    pick(view.columns, "size")
    sizes = {run.name: size_of(run) for run in runs}
    assert {row.id: row.size for row in view.store.rows} == sizes
    told = cells(view, "disk")
    assert all(tells(told[run], size) for run, size in sizes.items()) and told["run-1"].endswith("MiB")
    count, disk = view.count.text().removesuffix(" on disk").split(" · ")
    assert count == "4 runs" and tells(disk, sum(sizes.values()))
    click_header(view, "size")
    assert ids(view)[-2:] == ["run-2", "run-1"]
    write(view, hands, "size>1MB")
    assert ids(view) == ["run-1"]
    write(view, hands, "lr:0.1")
    count, disk = view.count.text().removesuffix(" on disk").split(" · ")
    assert count == "2 runs" and tells(disk, sizes["run-2"] + sizes["run-3"])
    choose_all(view)
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    words = asked[-1].partition("weights and notes: ")[2].partition(". They")[0]
    assert tells(words, sizes["run-2"] + sizes["run-3"]) and all(run.is_dir() for run in runs)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_disk_used_changes_with_the_files_and_does_not_follow_links(
    window: Window, hands: Hands, runs: list[Path], tmp_path: Path
) -> None:
    """Checkpoints that somebody takes out of a run's folder are not counted any more when the page is next opened."""
    (tmp_path / "data.bin").write_bytes(bytes(5_000_000))
    (runs[1] / "data.bin").symlink_to(tmp_path / "data.bin")
    (runs[1] / "epoch-1.safetensors").write_bytes(bytes(2_000_000))
    view = open_page(window, hands)
    pick(view.columns, "size")
    assert cells(view, "disk")["run-1"] == "1.93 MiB"
    for gone in (runs[1] / "epoch-1.safetensors", runs[1] / "data.bin"):
        gone.unlink()
    shutil.rmtree(runs[1] / "last")
    window.show_page("start_page")
    window.actions_.trigger("train.all_runs")
    hands.until(lambda: cells(view, "disk")["run-1"].endswith("KiB"), what="the size without them")
    assert {row.id: row.size for row in view.store.rows} == {run.name: size_of(run) for run in runs}
    assert tells(view.count.text().removesuffix(" on disk").split(" · ")[1], sum(map(size_of, runs)))


# --- the trash -------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="only there a test can say where the trash is")
def test_a_run_comes_back_from_the_trash_of_the_system(
    window: Window, hands: Hands, runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Ctrl+Z, whole; and goes there again with redo."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "share").mkdir()
    before = {file.relative_to(runs[1]): file.read_bytes() for file in runs[1].rglob("*") if file.is_file()}

    def move(box: QMessageBox) -> None:
        next(one for one in box.buttons() if one.text() == "Move to the trash").click()

    monkeypatch.setattr(run_actions, "answer_of", move)
    view = open_page(window, hands)
    click(view, "run-1")
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    hands.until(lambda: len(ids(view)) == 3, what="those that are left")
    trash = tmp_path / "share" / "Trash"
    assert not runs[1].exists() and (trash / "files" / "run-1" / "record.json").is_file()
    assert (trash / "info" / "run-1.trashinfo").is_file()
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL)
    assert runs[1].is_dir(), "put back"
    assert not (trash / "info" / "run-1.trashinfo").exists(), "the trash has forgotten it"
    assert {file.relative_to(runs[1]): file.read_bytes() for file in runs[1].rglob("*") if file.is_file()} == before
    hands.until(lambda: len(ids(view)) == 4, what="all of them again")
    QTest.keyClick(view.table, Qt.Key.Key_Z, CTRL_SHIFT)
    hands.until(lambda: len(ids(view)) == 3, what="those that are left again")
    assert not runs[1].exists()
