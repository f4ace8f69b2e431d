"""Runs of another machine that can only be watched: followed while something moves in their folder, let go of, and never written into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.training.process.test_server import Run, Window
from tests.waiting import until
from visualnet.cli.common import FAULTY
from visualnet.cli.main import main
from visualnet.training import events
from visualnet.training.process import address, follow, liveness
from visualnet.training.process.exit_report import record_lost_ending
from visualnet.training.runs.run_model import LOG, RunModel, read_run


def move_elsewhere(folder: Path) -> None:
    """Let the address in a run's folder be that of another machine."""
    known = address.read(folder)
    assert known is not None
    (folder / address.FILE).write_bytes(msgspec.json.encode(msgspec.structs.replace(known, host="far-away")))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setattr(follow, "LOOK_S", 0.02)
    monkeypatch.setattr(liveness, "_looks", {})
    monkeypatch.setattr(address, "is_running", lambda folder: False)  # the lock of another machine is not seen here
    made = Run(tmp_path / "run")
    made.start()
    move_elsewhere(made.folder)
    yield made
    made.close()


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def fall_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a run of which nothing moves counts as silent at once."""
    monkeypatch.setattr(liveness, "SILENT_S", 0.3)


def test_one_that_falls_silent_is_followed_no_further_and_its_folder_stays(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window(run.folder)
    until(lambda: window.control.readonly)
    run.go(2)
    until(lambda: window.steps == [1, 2])
    before = files_of(run.folder)
    fall_silent(monkeypatch)
    until(lambda: not window.thread.is_alive())
    (trouble,) = window.of(events.Trouble)
    assert trouble.words == window.follower.lost
    assert "nothing has moved" in trouble.words and "follow it again" in trouble.words
    assert not window.of(events.Failed)
    assert files_of(run.folder) == before, "who only watches writes nothing"


def test_one_whose_steps_take_long_is_followed_while_its_address_is_touched(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "SILENT_S", 1.0)
    window = Window(run.folder)
    until(lambda: window.control.readonly)
    looked = liveness._looks[run.folder].since
    for number in range(1, 8):
        os.utime(run.folder / address.FILE, (number, number))
        until(lambda last=looked: liveness._looks[run.folder].since > last, "the touch was seen")
        looked = liveness._looks[run.folder].since
    assert window.thread.is_alive() and not window.follower.lost
    run.emit(events.Finished(reason="done", step=0, epoch=1, seconds=1.0))
    until(lambda: not window.thread.is_alive())
    assert window.of(events.Finished) and not window.follower.lost


def test_one_that_was_silent_before_is_shown_as_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fall_silent(monkeypatch)
    assert liveness.may_be_trained(run.folder)
    until(lambda: not liveness.may_be_trained(run.folder))
    window = Window(run.folder, whole=False)
    until(lambda: not window.thread.is_alive())
    (model,) = window.of(RunModel)
    assert model.state == "interrupted" and window.follower.lost
    assert not window.control.readonly


def test_stop_lets_go_of_it_at_whatever_moment_it_is_asked(run: Run) -> None:
    late = Window(run.folder)
    until(lambda: late.control.readonly)
    early = Window(run.folder)
    early.control.stop()  # before it is known that nobody can steer it
    late.control.stop()
    for window in (early, late):
        until(lambda it=window: not it.thread.is_alive())
        assert "it trains on far-away" in window.refused[0]
        assert window.refused[0].endswith("It goes on, and is followed no further")
        assert not window.follower.lost and not window.of(events.Finished)
    assert not run.control.stopping


def test_a_folder_that_is_cut_off_ends_the_following_with_words(run: Run, tmp_path: Path) -> None:
    window = Window(run.folder)
    until(lambda: window.control.readonly)
    run.folder.rename(tmp_path / "unmounted")
    until(lambda: not window.thread.is_alive())
    assert "the way to its folder is cut" in window.follower.lost
    assert not run.folder.exists(), "nothing is made in its place"
    (tmp_path / "unmounted").rename(run.folder)


@pytest.mark.parametrize("mode", [0o600, 0o644], ids=["believed", "on-a-share"])
def test_no_end_is_written_into_the_log_of_another_machine(run: Run, mode: int) -> None:
    """On a share any file may seem to be readable by all: that the other machine trains there is taken from it all the same."""
    (run.folder / address.FILE).chmod(mode)
    before = files_of(run.folder)
    assert address.is_elsewhere(run.folder)
    assert record_lost_ending(run.folder) is None
    window = Window(run.folder)
    until(lambda: window.control.readonly)
    run.go(1)
    until(lambda: window.steps == [1])
    window.leave()
    after = files_of(run.folder)
    assert after.pop(LOG).startswith(before.pop(LOG)) and after == before
    assert read_run(run.folder).failed is None


def test_the_shell_ends_with_words_and_a_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fall_silent(monkeypatch)
    assert main(["attach", str(run.folder)]) == FAULTY
    assert "nothing has moved in the folder" in "".join(capsys.readouterr())
