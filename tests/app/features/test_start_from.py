"""The dialog *Start from…*: runs and files, the table before anything is taken, three ways of transfer learning, undo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from tests.training.nets import lenet
from visualnet.app.features.start_from.dialog import StartFromDialog
from visualnet.app.services.background_task import close_tasks
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.compiling.module import compile_project
from visualnet.core.document import Document
from visualnet.core.project import RunRef
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import runs_dir, weights_dir
from visualnet.resources import resource
from visualnet.training import checkpoints
from visualnet.training.runs import run_history
from visualnet.training.transfer.shipped import shipped_weights


class Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def weights(seed: int = 3) -> dict[str, torch.Tensor]:
    return {k: v.clone() for k, v in checkpoints.weights(compile_project(lenet(), seed=seed).net).items()}


@pytest.fixture
def dialog(qtbot: QtBot) -> StartFromDialog:
    folder = runs_dir() / "monday"
    folder.mkdir(parents=True)
    save_file(weights(), folder / "best.safetensors")
    project = run_history.put_run(RunRef(id="monday", folder="monday", started="2026-11-16T09:00:00", state="done"))(
        lenet()
    )
    made = StartFromDialog(Studio(Document(project), DARK))
    qtbot.addWidget(made)
    made.show()
    return made


def cells(dialog: StartFromDialog) -> list[list[str]]:
    table = dialog.table
    return [[table.item(r, c).text() for c in range(table.columnCount())] for r in range(table.rowCount())]


def test_a_run_is_matched_shown_taken_and_undone(dialog: StartFromDialog, qtbot: QtBot) -> None:
    studio = dialog.studio
    assert dialog.choice.currentData() == "" and dialog.use.isEnabled() and not cells(dialog)
    dialog.choice.setCurrentIndex(dialog.choice.findData("runs/monday/best"))
    dialog.choice.activated.emit(dialog.choice.currentIndex())
    assert not dialog.use.isEnabled(), "what is not read yet cannot be taken"
    qtbot.waitUntil(lambda: dialog.use.isEnabled())
    assert [row[0] for row in cells(dialog)] == list(weights()) and {row[3] for row in cells(dialog)} == {"same name"}
    assert studio.project.recipe.start_from == "", "nothing is taken before it is agreed to"
    dialog.use.click()
    assert studio.project.recipe.start_from == "runs/monday/best"
    assert all(node.trainable for node in studio.graph)
    studio.document.undo()
    assert studio.project.recipe.start_from == ""


def test_a_file_with_another_head_leaves_the_head_to_be_trained(
    dialog: StartFromDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    given = weights()
    head = [name for name in given if given[name].shape[0] == 10]
    (node,) = {name.partition(".")[0] for name in head}
    torch.save({"state_dict": {**given, **{name: torch.zeros(1000, 2) for name in head}}}, tmp_path / "big.pth")
    dialog.open_file(tmp_path / "big.pth")
    qtbot.waitUntil(lambda: dialog.use.isEnabled())
    assert "begin fresh" in dialog.words.text()
    told = {row[0]: row[2:] for row in cells(dialog)}
    assert told[head[0]][0] == "fresh" and "the file has it as 1000×2" in told[head[0]][1]
    dialog.ways.setCurrentIndex(dialog.ways.findData("head"))
    dialog.ways.activated.emit(dialog.ways.currentIndex())
    assert "frozen" in dialog.meaning.text()
    dialog.use.click()
    graph = dialog.studio.graph
    assert graph.named(node).trainable and not graph.named("conv2d_0").trainable
    assert dialog.studio.project.recipe.start_from.startswith("weights/big-")
    again = StartFromDialog(dialog.studio)
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: again.use.isEnabled())
    again.ways.setCurrentIndex(again.ways.findData("all"))
    again.use.click()
    assert all(node.trainable for node in dialog.studio.graph)


@pytest.mark.parametrize("kind", ["evil", "other", "torn"])
def test_what_cannot_be_used_says_so_and_changes_nothing(
    dialog: StartFromDialog, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    path, mark = tmp_path / "given.pt", tmp_path / "was run"
    torch.save({"evil": {"w": Evil(mark)}, "other": {"w": torch.zeros(3)}, "torn": weights()}[kind], path)
    if kind == "torn":
        path.write_bytes(path.read_bytes()[:5000])
    before = dialog.studio.project
    dialog.open_file(path)
    qtbot.waitUntil(lambda: dialog.fault.isVisible() or bool(cells(dialog)))
    words = dialog.fault.text() or dialog.words.text()
    assert {"evil": "code to be run", "other": "None of these weights fit", "torn": "torn or not whole"}[kind] in words
    assert not dialog.use.isEnabled() and not mark.exists()
    assert not list(weights_dir().iterdir()), "no copy is kept of what is of no use"
    dialog.reject()
    assert dialog.studio.project is before


def test_weights_that_come_with_the_program_are_offered_those_of_the_template_first(qtbot: QtBot) -> None:
    project = project_file.load(resource("templates", "vae.vnet"))
    dialog = StartFromDialog(Studio(Document(project), DARK))
    qtbot.addWidget(dialog)
    offered = [dialog.choice.itemData(at) for at in range(dialog.choice.count())]
    assert offered[:2] == ["", "trained/vae"] and set(offered[1:]) == {each.reference for each in shipped_weights()}
    assert dialog.choice.itemText(offered.index("trained/lenet5")).startswith(
        "Comes with the program: LeNet-5, accuracy 96."
    )
    close_tasks(dialog)
