"""Pipes, devices, folders and files where they do not belong: the window opens, works, trains and closes, and says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.flows.conftest import answer
from tests.flows.hands import Hands
from visualnet.app.services import crash_reports
from visualnet.app.shell.window import Window
from visualnet.app.state.frame_settings import THEME
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.cli.common import UNUSABLE
from visualnet.cli.main import main
from visualnet.core.errors import FileError
from visualnet.core.process import crash_handler
from visualnet.core.process.autosave import orphans
from visualnet.core.process.mailbox import Mailbox
from visualnet.core.storage.paths import data_dir
from visualnet.core.user import block_library, presets, trusted_code
from visualnet.core.user.settings import Settings
from visualnet.training.measure import machine_speed_store
from visualnet.training.runs import run_list

if os.name == "nt":
    pytest.skip("there are no pipes and signals of this kind here", allow_module_level=True)

FOLDERS = ("journal", "runs", "logs", "blocks")
FILES = ("settings.json", "presets.json", "trusted-code.json", "pace.json", "logs/visualnet.log", "blocks/mine.vnet")
BOTH = {
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to(path.with_name("gone") / "further"),
}
PUT: dict[str, tuple[tuple[str, ...], dict[str, Callable[[Path], object]]]] = {
    "folders": (FOLDERS, {**BOTH, "a file": lambda path: path.write_text("mine")}),
    "files": (FILES, {**BOTH, "a folder": lambda path: path.mkdir(), "huge": lambda path: _huge(path)}),
}


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.few(1)
@pytest.mark.parametrize(("which", "what"), [(which, what) for which, (_, whats) in PUT.items() for what in whats])
def test_a_data_folder_that_is_full_of_traps_keeps_nobody_from_working(
    which: str, what: str, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, how = PUT[which]
    home = data_dir()
    for name in places:
        (home / name).parent.mkdir(exist_ok=True)
        how[what](home / name)
    mailbox = Mailbox()
    uninstall = crash_reports.install(mailbox)
    monkeypatch.setattr(QMessageBox, "exec", answer)
    window = Window(Settings(), ThemeKeeper(qapp, "dark"), mailbox)
    assert window.mailbox is mailbox, "what goes wrong anywhere is told here"
    try:
        window.show()
        window.begin()
        hands = Hands(window)
        window.project_files.open_template("lenet5")
        hands.set_param("fc1", "out_features", "77")
        window.settings[THEME] = "dark"
        window.project_files.keep()
        window.project_files.tick()
        crash_handler.log.info("something to tell")
        for look in (presets.presets_of, trusted_code.is_trusted):
            look("relu")
        block_library.entries()
        machine_speed_store.load()
        run_list.list_runs()
        assert orphans() == []
        failing = which == "folders" and what != "a link to nothing"
        hands.rest()
        if which == "folders":
            assert window.project_files.journal.trouble
            assert window.status.unkept.isVisible()
            assert window.project_files.journal.trouble in window.status.unkept.toolTip()
            assert not window.runner.start() or not failing, "there is no place for a run"
        assert not window.banner.isVisible() or "went wrong" not in window.banner.text
    finally:
        assert window.close()
        assert not window.isVisible()
        uninstall()
        window.deleteLater()
        qapp.processEvents()
    for name in places:
        path = home / name
        if what == "a file":
            assert path.read_text() == "mine"
        elif what == "a folder":
            assert path.is_dir()


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["fifo.vnet", "zero.png", "folder.vnet", "zero.svg"])
def test_a_document_that_is_no_file_is_refused_in_words(name: str, window: Window, tmp_path: Path) -> None:
    path = tmp_path / name
    {"fifo": os.mkfifo, "zero": lambda p: p.symlink_to("/dev/zero"), "folder": Path.mkdir}[path.stem](path)
    assert not window.project_files.open(path)
    assert "not a file" in window.banner.text
    assert main(["summary", str(path)]) == UNUSABLE


@pytest.mark.wide
def test_a_journal_whose_copies_are_traps_offers_none_and_tells_nothing_wrong(window: Window, tmp_path: Path) -> None:
    folder = data_dir() / "journal"
    folder.mkdir(exist_ok=True)
    for number, make in enumerate((*BOTH.values(), Path.mkdir, _huge)):
        make(folder / f"1-{number}.vnet")
        (folder / f"1-{number}.lock").touch()
        make(folder / f"2-{number}.lock")
    assert orphans() == []
    window.begin()
    assert not window.banner.isVisible()


def test_writing_to_what_is_no_file_is_refused(tmp_path: Path) -> None:
    from visualnet.core.storage import project_file

    for name, make in {**BOTH, "a folder": Path.mkdir}.items():
        path = tmp_path / name.replace(" ", "-")
        make(path)
        before = path.lstat().st_ino
        with pytest.raises(FileError):
            project_file.write(path, b"words")
        assert path.lstat().st_ino == before


@pytest.mark.wide
def test_the_sign_of_a_failing_journal_comes_stays_and_goes(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there for as long as a crash would cost work, and no longer."""
    window.project_files.open_template("lenet5")
    sign = window.status.unkept
    assert not sign.isVisible()

    def full(_handle: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    def second() -> None:
        window.project_files.keep()
        window.project_files.tick()
        QApplication.processEvents()

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        hands.set_param("fc1", "out_features", "77")
        for _ in range(3):
            second()
            assert sign.isVisible()
        assert "no space left on device" in sign.toolTip()
        assert sign.accessibleName().startswith("No recovery copy. ")
        assert not window.banner.isVisible() and not window.toast.isVisible(), "it is quiet"
    second()
    assert not sign.isVisible()
    assert window.project_files.journal.file.is_file()
