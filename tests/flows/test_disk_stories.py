"""What other programs do to the files under an open window, and what the window says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

from tests.core.storage.test_disk_state import REPLACED, stands
from tests.flows.hands import Hands
from visualnet.app.shell.project_files import templates
from visualnet.app.shell.window import Window
from visualnet.core.storage import project_file


def edited(window: Window, hands: Hands, tmp_path: Path) -> Path:
    """LeNet-5 from a file, with an edit that is not saved."""
    path = tmp_path / "net.vnet"
    project_file.save(path, project_file.load(templates()["lenet5"]))
    assert window.project_files.open(path)
    hands.set_param("fc1", "out_features", "100")
    return path


def offered(hands: Hands) -> list[str]:
    hands.rest()
    window = hands.window
    return [b.text() for b in window.banner.findChildren(QPushButton) if b.isVisible()]


@pytest.mark.few(1)
@pytest.mark.parametrize("how", ["large", "picture", "link"])
def test_what_another_program_put_there_is_asked_about_and_then_replaced(
    how: str, window: Window, hands: Hands, tmp_path: Path
) -> None:
    path = edited(window, hands, tmp_path)
    REPLACED[how](path)
    theirs = stands(path)
    window.project_files.tick()
    assert window.banner.isVisible() and "net.vnet" in window.banner.text
    assert "Keep mine" in offered(hands)
    assert not window.project_files.save()
    assert stands(path) == theirs, "not before the person has said so"
    hands.press(window.banner, "Replace it")
    assert project_file.load(path).graph.named("fc1").params["out_features"] == 100
    window.project_files.tick()
    assert not window.banner.isVisible()
    assert not hands.studio.document.modified


@pytest.mark.wide
@pytest.mark.parametrize("how", ["folder", "pipe", "device"])
def test_what_is_no_file_is_named_and_never_replaced(how: str, window: Window, hands: Hands, tmp_path: Path) -> None:
    path = edited(window, hands, tmp_path)
    REPLACED[how](path)
    theirs = stands(path)
    window.project_files.tick()
    assert f"now stands a {how}" in window.banner.text
    assert not window.project_files.save()
    assert f"now stands a {how}" in window.banner.text
    assert offered(hands) == ["Save a copy…"]
    assert stands(path) == theirs


@pytest.mark.wide
def test_what_came_while_the_question_was_read_is_asked_about_too(window: Window, hands: Hands, tmp_path: Path) -> None:
    path = edited(window, hands, tmp_path)
    REPLACED["picture"](path)
    assert not window.project_files.save()
    path.write_bytes(b"a third program's work")
    hands.press(window.banner, "Replace it")
    assert path.read_bytes() == b"a third program's work"
    assert "Replace it" in offered(hands), "the question comes again"


@pytest.mark.wide
def test_a_name_that_gets_its_ending_here_is_asked_about_here(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog asks about “other”, which is free; “other.vnet” is somebody's."""
    edited(window, hands, tmp_path)
    other = tmp_path / "other.vnet"
    other.write_bytes(b"somebody's work")
    asked: list[str] = []

    def answer(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return QMessageBox.StandardButton.Cancel if len(asked) == 1 else QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "other"), "V (*.vnet)"))
    monkeypatch.setattr(QMessageBox, "exec", answer)
    assert not window.project_files.save_as()
    assert other.read_bytes() == b"somebody's work"
    assert asked == ["other.vnet is already there. Replace it?"]
    assert window.project_files.save_as()
    assert project_file.load(other).graph.named("fc1").params["out_features"] == 100
