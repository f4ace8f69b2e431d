"""The list of runs: what it tells, and that deleting asks and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QFile, QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, small
from tests.app.trash_folder import use_trash
from visualnet.app.features.runs.panel import COLUMNS, CURVES, RunsPanel
from visualnet.app.services.run import run_edits
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK, LIGHT, Theme
from visualnet.core.edits import set_recipe
from visualnet.core.project import RunRef
from visualnet.training.runs import run_history as history


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(small(epochs=2))
    yield made
    made.runner.close()


@pytest.fixture
def panel(rig: Rig, qtbot: QtBot) -> RunsPanel:
    made = RunsPanel(rig.studio)
    qtbot.addWidget(made)
    made.resize(1100, 220)
    made.show()
    return made


def cells(panel: RunsPanel, row: int = 0) -> dict[str, str]:
    return {name: panel.model.data(panel.model.index(row, at)) for at, name in enumerate(COLUMNS)}


def test_a_run_in_one_row(rig: Rig, panel: RunsPanel, qtbot: QtBot) -> None:
    assert panel.stack.currentWidget() is panel.empty
    rig.train(qtbot)
    assert panel.stack.currentWidget() is panel.table
    row = cells(panel)
    assert row["state"] == "done" and row["epochs"] == "2"
    assert row["metric"].endswith("%")
    assert float(row["best loss"]) == pytest.approx(min(rig.runner.model.validation["loss"].values), rel=0.01)
    assert row["optimizer"] == rig.studio.project.recipe.optimizer


def test_what_says_it_runs_but_does_not_was_interrupted(rig: Rig, panel: RunsPanel) -> None:
    rig.studio.do("", lambda p: replace(p, runs=(RunRef(id="x", folder="gone", state="running"),)))
    assert cells(panel)["state"] == "interrupted"
    assert cells(panel)["curves"] == "not here"
    assert not panel.buttons["show"].isEnabled() and panel.buttons["delete"].isEnabled()


def test_rename_and_undo(rig: Rig, panel: RunsPanel, qtbot: QtBot) -> None:
    rig.train(qtbot)
    before = cells(panel)["run"]
    assert panel.model.setData(panel.model.index(0, 0), "with <b>dropout</b>")
    assert cells(panel)["run"] == "with <b>dropout</b>"
    rig.runner.run_edits.undo()
    assert cells(panel)["run"] == before


def test_delete_from_the_list_keeps_the_files_and_can_be_undone(
    rig: Rig, panel: RunsPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.train(qtbot)
    (run,) = rig.studio.project.runs
    monkeypatch.setattr(panel, "_ask", lambda run: "")
    panel.delete()
    assert rig.studio.project.runs == (run,)
    monkeypatch.setattr(panel, "_ask", lambda run: "record")
    panel.delete()
    assert rig.studio.project.runs == ()
    assert rig.runner.model is None
    rig.studio.document.undo()
    assert [r.id for r in rig.studio.project.runs] == [run.id]
    assert history.folder_of(run) is not None


def test_files_of_a_deleted_run_come_back_from_the_trash_with_its_row(
    rig: Rig, panel: RunsPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = use_trash(tmp_path / "trash", monkeypatch)
    rig.train(qtbot)
    (run,) = rig.studio.project.runs
    folder = history.folder_of(run)
    assert folder is not None
    monkeypatch.setattr(panel, "_ask", lambda run: "files")
    panel.delete()
    edits = rig.runner.run_edits
    assert rig.studio.project.runs == () and not folder.exists() and (files / folder.name).is_dir()
    assert edits.undo_label == "The run is in the trash."
    edits.undo()
    assert [r.id for r in rig.studio.project.runs] == [run.id] and history.folder_of(run) == folder
    assert not list((tmp_path / "trash").rglob("*.*info")), "the trash has forgotten it"
    edits.redo()
    assert rig.studio.project.runs == () and not folder.exists()
    edits.undo()
    assert cells(panel)["state"] == "done"


def test_a_run_for_which_there_is_no_trash_stays_on_the_list(
    rig: Rig, panel: RunsPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StayingFile(QFile):
        def moveToTrash(self) -> bool:
            return False

    monkeypatch.setattr(run_edits, "QFile", StayingFile)
    rig.train(qtbot)
    runs, said = rig.studio.project.runs, []
    rig.studio.message.connect(lambda kind, words: said.append(words))
    monkeypatch.setattr(panel, "_ask", lambda run: "files")
    panel.delete()
    assert rig.studio.project.runs == runs and "There is no trash for" in said[-1]
    assert rig.runner.run_edits.undo_label == ""


def test_showing_an_earlier_run_and_ghosts(rig: Rig, panel: RunsPanel, qtbot: QtBot) -> None:
    rig.train(qtbot)
    rig.train(qtbot)
    older = panel.model.runs[1]
    ghost = panel.model.index(1, CURVES)
    assert panel.model.setData(ghost, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    rig.until(qtbot, lambda: older.id in rig.runner.ghosts)
    assert panel.model.data(ghost, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    panel.choose(older.id)
    panel.buttons["show"].click()
    rig.until(qtbot, lambda: rig.runner.model is not None and rig.runner.model.run == older.id)
    assert rig.runner.probes.run == history.folder_of(older)


def test_resume_the_chosen_run(rig: Rig, panel: RunsPanel, qtbot: QtBot) -> None:
    rig.train(qtbot)
    assert not panel.buttons["resume"].isEnabled()
    rig.studio.do("More epochs", lambda p: set_recipe(p, epochs=4))
    panel.refresh()
    panel.buttons["resume"].click()
    rig.until(qtbot, lambda: not rig.runner.busy)
    (run,) = rig.studio.project.runs
    assert (run.state, run.epochs) == ("done", 4)


@pytest.mark.few(1)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_which_curves_are_shown_is_seen_in_either_theme(
    theme: Theme, rig: Rig, panel: RunsPanel, qtbot: QtBot, qapp: QApplication
) -> None:
    """The present run is named and has an empty box until it is ticked; what is shown has the colour of its curves."""
    apply_theme(qapp, theme)
    rig.studio.set_theme(theme)
    for _ in range(2):
        rig.train(qtbot)
    panel.table.clearSelection()
    present, earlier = (panel.model.index(row, CURVES) for row in range(2))

    def seen(index: QModelIndex) -> set[str]:
        """Which of these colours are in a cell; painting an icon may round them by one."""
        qapp.processEvents()
        picture, box = panel.table.viewport().grab().toImage(), panel.table.visualRect(index)
        pixels = {picture.pixelColor(x, box.center().y()).getRgb()[:3] for x in range(box.left(), box.left() + 60)}
        wanted = {name: QColor(name).getRgb()[:3] for name in (theme.field, theme.accent, first, second)}
        return {name for name, rgb in wanted.items() if any(np.abs(np.subtract(rgb, p)).max() < 2 for p in pixels)}

    first, second = theme.plot_lines[:2]
    assert panel.model.data(present) == "present" and not panel.model.data(earlier)
    assert theme.field in seen(present) and first in seen(present)
    assert theme.field in seen(earlier) and not {first, second} & seen(earlier)
    panel.model.setData(earlier, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    rig.until(qtbot, lambda: len(rig.runner.ghosts) == 1)
    assert theme.accent in seen(earlier) and second in seen(earlier) and theme.field not in seen(earlier)
