"""Signals that ask the program to end: a training stops with its state saved, a window as if it were closed, and neither asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.training.nets import small
from visualnet.core import files
from visualnet.core.journal import orphans
from visualnet.training import events, runs

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such signals here")

ROOT = Path(__file__).parents[2]
SECONDS = 2.0
"""So soon a training has stopped, on a machine that is not busy."""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
MORE: dict[str, Any] = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}


def until(true: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
        time.sleep(0.01)


def ended(child: subprocess.Popen[Any], seconds: float = 60.0) -> int:
    """The exit code, and the end of everything that was opened for it."""
    code = child.wait(seconds)
    for stream in (child.stdout, child.stderr, child.stdin):
        if stream is not None:
            stream.close()
    return code


def slow() -> float:
    """How many times slower than idle this machine is now, as far as its load tells."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


# --- the command line -------------------------------------------------------------------------------------------------------------------


def command(tmp_path: Path, epochs: int = 1_000_000) -> list[str]:
    project = tmp_path / "net.vnet"
    if not project.exists():
        files.save(project, small(epochs=epochs))
    return [sys.executable, "-m", "visualnet", "train", str(project), "--run", str(tmp_path / "run")]


def begun(run: Path) -> bool:
    log = run / runs.LOG
    return log.exists() and b'"epoch"' in log.read_bytes()


@pytest.fixture
def train(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    made: list[subprocess.Popen[bytes]] = []

    def start(*wrap: str, **how: Any) -> subprocess.Popen[bytes]:
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **how}
        made.append(subprocess.Popen([*wrap, *command(tmp_path)], **MORE, **how))
        until(lambda: begun(tmp_path / "run") or made[-1].poll() is not None, "the training")
        assert made[-1].poll() is None
        return made[-1]

    yield start
    for child in made:
        if child.poll() is None:
            child.kill()
        ended(child)


def last_event(run: Path) -> events.Event:
    return events.decode((run / runs.LOG).read_bytes().splitlines()[-1])


def assert_stopped_in_good_order(run: Path) -> None:
    told = last_event(run)
    assert isinstance(told, events.Finished) and told.reason == "stopped"
    from visualnet.training import checkpoints

    assert checkpoints.read_state(run / "last").step == told.step, "nothing of it is lost"


@pytest.mark.parametrize("number", CODES)
def test_a_signal_stops_a_training_with_its_state_saved(
    number: signal.Signals, train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    child = train()
    sent = time.monotonic()
    child.send_signal(number)
    assert ended(child) == CODES[number]
    assert time.monotonic() - sent < SECONDS * slow()
    assert_stopped_in_good_order(tmp_path / "run")
    step = last_event(tmp_path / "run").step  # type: ignore[attr-defined]
    again = [*command(tmp_path), "--resume", "--epochs", "1"]
    done = subprocess.run(again, **MORE, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"from step {step:,} on" in done.stdout


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_does_not_disturb_the_stop(
    second: signal.Signals, train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    child = train()
    child.send_signal(signal.SIGTERM)
    while child.poll() is None:
        child.send_signal(second)
        time.sleep(0.002)
    assert ended(child) in (143, -second), "at the very end of the process, when all is saved, its own handlers are gone"
    assert_stopped_in_good_order(tmp_path / "run")


def test_a_terminal_that_is_closed_stops_it_too(
    train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """The terminal goes: SIGHUP comes, and whatever is still written to it fails."""
    import pty

    ours, theirs = pty.openpty()
    child = train("setsid", "--ctty", "--wait", stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.close(ours)
    child.wait(60)
    until(lambda: isinstance(last_event(tmp_path / "run"), events.Finished), "the end of the run", 20)
    assert_stopped_in_good_order(tmp_path / "run")


def test_what_is_to_survive_its_terminal_does(train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    child = train("nohup")
    child.send_signal(signal.SIGHUP)
    time.sleep(1)
    assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    assert ended(child) == 143


def test_a_reader_that_has_had_enough_stops_it_in_good_order(
    train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    child = train()
    assert child.stdout is not None
    child.stdout.close()
    assert child.wait(60) == 0
    assert_stopped_in_good_order(tmp_path / "run")
