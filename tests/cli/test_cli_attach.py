"""`visualnet attach`: a training in another process is followed to its end and steered, and what cannot be is said in words."""

from __future__ import annotations

import json
import os
import platform
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.training.process.test_server import Run
from tests.waiting import PATIENCE_S, until
from visualnet.cli.common import FAULTY, FINE, INTERRUPTED, UNUSABLE
from visualnet.cli.main import main
from visualnet.core.storage.paths import runs_dir
from visualnet.training import events
from visualnet.training.process import address
from visualnet.training.runs.run_model import LOG

FIRST = "1 parameters on cpu; 5 samples to train, 0 to validate"
LAST = "done after 1 epoch, 1 s"
Prints = pytest.CaptureFixture[str]
WISHES = ("pause", "resume", "stop")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A run that has begun, and goes on until the test ends it."""
    made = Run(tmp_path / "run")
    made.start()
    yield made
    made.close()


class Attached:
    """The command in a second terminal: a thread of its own."""

    def __init__(self, *words: object) -> None:
        self.code: int | None = None
        self.thread = threading.Thread(target=self._run, args=(["attach", *map(str, words)],))
        self.thread.start()

    def _run(self, words: list[str]) -> None:
        self.code = main(words)

    @property
    def waits(self) -> bool:
        """Whether it has not ended."""
        return self.thread.is_alive()

    def end(self) -> int | None:
        """Its exit code, when it has ended."""
        self.thread.join(PATIENCE_S)
        assert not self.waits, "the command does not end"
        return self.code


def is_followed(run: Run) -> bool:
    return any(peer.known for peer in run.server._peers)


def followed(run: Run, *words: object) -> Attached:
    """The command once it has reached the run."""
    made = Attached(run.folder, *words)
    until(lambda: is_followed(run), "the command to reach the run")
    return made


def epoch(run: Run, number: int, is_best: bool = False) -> None:
    """The run completes an epoch."""
    values: dict[str, Any] = {"train": {"loss": number / 2}, "validation": {}, "seconds": 1.0, "samples_per_s": 5.0}
    run.emit(events.EpochDone(epoch=number, step=run.step, is_best=is_best, **values))


def line(number: int, is_best: bool = False) -> str:
    """What is printed of it."""
    return f"epoch {number}/9  loss {number / 2:.4g}  5 samples/s" + "  best" * is_best


def fail(run: Run) -> None:
    """The run fails, and its process ends."""
    run.emit(events.Failed(kind="data", words="there are none"))
    run.close()


# --- followed to its end --------------------------------------------------------------------------------------------


def test_what_was_before_is_told_in_short_and_what_comes_as_it_comes(run: Run, capsys: Prints) -> None:
    """Of what was before: the beginning, the best epoch and the last one."""
    for number in (1, 2, 3):
        epoch(run, number, number == 2)
    attached = followed(run)
    epoch(run, 4)
    run.end()
    assert attached.end() == FINE
    told = capsys.readouterr()
    assert told.out.splitlines() == [FIRST, line(2, True), line(3), line(4), LAST]
    assert told.err == ""


def test_the_best_epoch_is_told_once_where_it_is_the_last(run: Run, capsys: Prints) -> None:
    epoch(run, 1, True)
    attached = followed(run)
    run.end()
    assert attached.end() == FINE
    assert capsys.readouterr().out.splitlines() == [FIRST, line(1, True), LAST]


def test_a_run_that_fails_ends_the_command_with_its_words_and_a_code_that_says_so(run: Run, capsys: Prints) -> None:
    attached = followed(run)
    fail(run)
    assert attached.end() == FAULTY
    assert capsys.readouterr().out.splitlines() == [FIRST, "failed: there are none"]


@pytest.mark.parametrize(
    ("end", "code", "last"), [(Run.end, FINE, LAST), (fail, FAULTY, "failed: there are none")], ids=["done", "failed"]
)
def test_of_a_run_that_is_over_it_tells_how_it_ended(
    end: Callable[[Run], None], code: int, last: str, run: Run, capsys: Prints
) -> None:
    end(run)
    assert main(["attach", str(run.folder)]) == code
    assert capsys.readouterr().out.splitlines() == [FIRST, last]


def test_a_failure_that_was_gone_on_from_is_none_any_more(run: Run) -> None:
    run.emit(events.Failed(kind="data", words="there were none"))
    run.start()
    attached = followed(run)
    run.end()
    assert attached.end() == FINE


def test_a_run_that_fails_and_goes_on_while_it_is_followed_has_not_failed(run: Run) -> None:
    attached = followed(run)
    run.emit(events.Failed(kind="data", words="there were none"))
    run.start()
    run.end()
    assert attached.end() == FINE


def kill(run: Run) -> None:
    """Its process is killed: what it left says that it goes on."""
    left = (run.folder / address.FILE).read_bytes()
    run.close()
    (run.folder / address.FILE).write_bytes(left)
    os.chmod(run.folder / address.FILE, 0o600)


def test_a_run_that_was_killed_before_is_told_so(run: Run, capsys: Prints) -> None:
    kill(run)
    assert main(["attach", str(run.folder)]) == FAULTY
    assert "failed: its process ended without a word" in capsys.readouterr().out


def test_in_json_each_event_since_the_beginning_comes_once(run: Run, capsys: Prints) -> None:
    run.go(20)
    epoch(run, 1, True)
    attached = followed(run, "--json")
    run.go(20)
    run.end()
    assert attached.end() == FINE
    told = capsys.readouterr().out.splitlines()
    assert [json.loads(one)["step"] for one in told if json.loads(one)["event"] == "steps"] == [*range(1, 41)]
    assert told == (run.folder / LOG).read_text().splitlines()


def test_in_json_a_failure_gives_the_same_code(run: Run) -> None:
    attached = followed(run, "--json")
    fail(run)
    assert attached.end() == FAULTY


def test_a_run_is_found_by_its_name_among_ones_own(capsys: Prints) -> None:
    run = Run(runs_dir() / "mine")
    run.start()
    run.end()
    assert main(["attach", "mine"]) == FINE
    assert capsys.readouterr().out.splitlines() == [FIRST, LAST]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no kill here")
def test_ctrl_c_leaves_the_run_which_goes_on(run: Run, capsys: Prints) -> None:
    def press() -> None:
        until(lambda: is_followed(run))
        os.kill(os.getpid(), signal.SIGINT)

    person = threading.Thread(target=press)
    person.start()
    code = main(["attach", str(run.folder)])
    person.join()
    assert code == INTERRUPTED
    assert capsys.readouterr().err == "left: the run goes on\n"
    assert not run.control.stopping and not run.control.paused
    again = followed(run)
    run.end()
    assert again.end() == FINE


# --- steered --------------------------------------------------------------------------------------------------------


def test_pause_and_resume_act_and_are_followed_no_further(run: Run, capsys: Prints) -> None:
    attached = followed(run, "--pause")
    until(lambda: run.control.paused)
    assert attached.waits, "it returns when the run has halted, not before"
    run.emit(events.Paused(step=0))
    assert attached.end() == FINE
    attached = followed(run, "--resume")
    until(lambda: not run.control.paused)
    assert attached.waits
    run.emit(events.Resumed(step=0))
    assert attached.end() == FINE
    assert not run.control.stopping
    assert capsys.readouterr().err == ""


def test_what_is_so_already_is_not_waited_for(run: Run) -> None:
    """A run that trains answers nothing to be told to go on, and one that halts nothing to be told to halt."""
    assert Attached(run.folder, "--resume").end() == FINE
    run.emit(events.Paused(step=0))
    assert Attached(run.folder, "--pause").end() == FINE


def test_stop_stays_until_the_run_has_ended(run: Run, capsys: Prints) -> None:
    attached = followed(run, "--stop")
    until(lambda: run.control.stopping)
    run.go(3)
    assert attached.waits
    run.emit(events.Finished(reason="stopped", step=3, epoch=0, seconds=1.0))
    run.close()
    assert attached.end() == FINE
    assert capsys.readouterr().out.splitlines()[-1] == "stopped after 0 epochs, 1 s"


def test_a_run_that_fails_where_it_should_stop_has_failed(run: Run, capsys: Prints) -> None:
    attached = followed(run, "--stop")
    until(lambda: run.control.stopping)
    fail(run)
    assert attached.end() == FAULTY
    assert "failed: there are none" in capsys.readouterr().out


def test_in_json_a_wish_prints_only_what_comes_until_it_is_done(run: Run, capsys: Prints) -> None:
    run.go(5)
    attached = followed(run, "--json", "--pause")
    until(lambda: run.control.paused)
    run.go()
    told = ""

    def has_come() -> bool:
        nonlocal told
        told += capsys.readouterr().out
        return told.endswith("\n")

    until(has_come)  # a step more is no pause
    run.emit(events.Paused(step=6))
    assert attached.end() == FINE
    heard = [json.loads(one) for one in (told + capsys.readouterr().out).splitlines()]
    assert [(one["event"], one["step"]) for one in heard] == [("steps", 6), ("paused", 6)]


def test_one_thing_is_wished_at_a_time(run: Run, capsys: Prints) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["attach", str(run.folder), "--pause", "--stop"])
    assert ended.value.code == UNUSABLE
    assert "not allowed with" in capsys.readouterr().err


# --- what cannot be -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("end", [Run.end, fail], ids=["done", "failed"])
def test_a_run_that_does_not_go_on_cannot_be_told_anything(
    end: Callable[[Run], None], wish: str, run: Run, capsys: Prints
) -> None:
    end(run)
    assert main(["attach", str(run.folder), f"--{wish}"]) == UNUSABLE
    words = f"visualnet: the run in {run.folder} does not go on: it cannot be told to {wish}\n"
    assert capsys.readouterr().err == words


@pytest.mark.parametrize("wish", ["pause", "resume"])
def test_a_killed_run_does_not_do_what_it_did_last(wish: str, run: Run, capsys: Prints) -> None:
    """Its log says that it halts, or trains; its process is gone."""
    if wish == "pause":
        run.emit(events.Paused(step=0))
    kill(run)
    assert main(["attach", str(run.folder), f"--{wish}"]) != FINE
    assert "does not go on" in capsys.readouterr().err


@pytest.mark.parametrize("more", [(), ("--pause",), ("--json",)], ids=" ".join)
def test_a_run_that_is_not_there_is_said(more: tuple[str, ...], tmp_path: Path, capsys: Prints) -> None:
    assert main(["attach", str(tmp_path / "nothing"), *more]) == UNUSABLE
    told = capsys.readouterr()
    assert "there is no run in “" in told.err and "nothing”" in told.err
    assert "--json" not in more or "there is no run" in json.loads(told.out)["error"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no owners and modes here")
@pytest.mark.parametrize("wish", WISHES)
def test_who_may_not_be_believed_cannot_be_steered_and_that_is_said(wish: str, run: Run, capsys: Prints) -> None:
    os.chmod(run.folder / address.FILE, 0o644)
    run.control.pause()
    # It returns though the run goes on.
    assert main(["attach", str(run.folder), f"--{wish}"]) == UNUSABLE
    told = capsys.readouterr().err
    assert re.match(r"visualnet: this run can only be watched: .* can be read by others \(mode 644, wanted 600\)", told)
    assert run.control.paused and not run.control.stopping


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no owners and modes here")
def test_who_may_not_be_believed_is_watched_by_the_log_to_the_end(run: Run, capsys: Prints) -> None:
    os.chmod(run.folder / address.FILE, 0o644)
    attached = Attached(run.folder)
    told = ""

    def begins() -> bool:
        nonlocal told
        told += capsys.readouterr().out
        return FIRST in told

    until(begins)
    epoch(run, 1)
    run.end()
    assert attached.end() == FINE
    assert (told + capsys.readouterr().out).splitlines() == [FIRST, line(1), LAST]


# --- elsewhere ------------------------------------------------------------------------------------------------------


def test_a_run_of_another_machine_is_steered_through_the_end_of_a_tunnel(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Prints
) -> None:
    with monkeypatch.context() as there:
        there.setattr(platform, "node", lambda: "elsewhere")
        assert main(["attach", str(run.folder), "--pause"]) == UNUSABLE
        words = f"to steer it, open a tunnel to {run.server.address.at} there and name its end here"
        assert words in capsys.readouterr().err
        assert not run.control.paused
        attached = followed(run, "--pause", "--at", run.server.address.at)
        until(lambda: run.control.paused)
        run.emit(events.Paused(step=0))
        assert attached.end() == FINE


def test_a_tunnel_that_leads_nowhere_is_said(run: Run, tmp_path: Path, capsys: Prints) -> None:
    nowhere = tmp_path / "nowhere"
    assert main(["attach", str(run.folder), "--stop", "--at", str(nowhere)]) == UNUSABLE
    assert f"nobody answers at {nowhere}" in capsys.readouterr().err
    assert not run.control.stopping
