"""Signals that ask the program to end: a training stops with its state saved, a window as if it were closed, and neither asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.training.nets import small
from tests.waiting import linger, until
from visualnet.core.process.autosave import orphans
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import data_dir, journal_dir
from visualnet.core.storage.temporaries import _name
from visualnet.training import events
from visualnet.training.runs import run_model

if os.name == "nt":
    pytest.skip("there are no pipes and signals of this kind here", allow_module_level=True)

ROOT = Path(__file__).parents[2]
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def around() -> dict[str, Any]:
    """Where a child runs, with the data folder of this test."""
    return {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}


def ended(child: subprocess.Popen[Any], seconds: float = 60.0) -> int:
    """The exit code, and the end of everything that was opened for it."""
    code = child.wait(seconds)
    for stream in (child.stdout, child.stderr, child.stdin):
        if stream is not None:
            stream.close()
    return code


# --- the command line -------------------------------------------------------------------------------------------------------------------


def command(tmp_path: Path, epochs: int = 1_000_000) -> list[str]:
    project = tmp_path / "net.vnet"
    if not project.exists():
        project_file.save(project, small(epochs=epochs))
    return [sys.executable, "-m", "visualnet", "train", str(project), "--run", str(tmp_path / "run")]


def begun(run: Path) -> bool:
    log = run / run_model.LOG
    return log.exists() and b'"epoch"' in log.read_bytes()


@pytest.fixture
def train(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    made: list[subprocess.Popen[bytes]] = []

    def start(*wrap: str, **how: Any) -> subprocess.Popen[bytes]:
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **how}
        made.append(subprocess.Popen([*wrap, *command(tmp_path)], **around(), **how))
        until(lambda: begun(tmp_path / "run") or made[-1].poll() is not None, "the training")
        assert made[-1].poll() is None
        return made[-1]

    yield start
    for child in made:
        if child.poll() is None:
            child.kill()
        ended(child)


def last_event(run: Path) -> events.Event:
    return events.decode((run / run_model.LOG).read_bytes().splitlines()[-1])


def assert_stopped_in_good_order(run: Path) -> None:
    told = last_event(run)
    assert isinstance(told, events.Finished) and told.reason == "stopped"
    from visualnet.training import checkpoints

    assert checkpoints.read_state(run / "last").step == told.step, "nothing of it is lost"


def each_but(first: Any, *others: Any) -> list[Any]:
    """Parameters of which the suite takes the first, CI all: the way is the same for every signal."""
    return [first, *(pytest.param(*(o if isinstance(o, tuple) else (o,)), marks=pytest.mark.wide) for o in others)]


@pytest.mark.wide
@pytest.mark.parametrize("number", each_but(signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
def test_a_signal_stops_a_training_with_its_state_saved(
    number: signal.Signals, train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    child = train()
    child.send_signal(number)
    assert ended(child) == CODES[number]
    assert_stopped_in_good_order(tmp_path / "run")
    step = last_event(tmp_path / "run").step  # type: ignore[attr-defined]
    again = [*command(tmp_path), "--resume", "--epochs", "1"]
    done = subprocess.run(again, **around(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"from step {step:,} on" in done.stdout


@pytest.mark.wide
@pytest.mark.parametrize("second", each_but(signal.SIGHUP, signal.SIGTERM))
def test_a_second_signal_does_not_disturb_the_stop(
    second: signal.Signals, train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    child = train()
    child.send_signal(signal.SIGTERM)
    while child.poll() is None:
        child.send_signal(second)
        linger(0.002)
    assert ended(child) in (143, -second), (
        "at the very end of the process, when all is saved, its own handlers are gone"
    )
    assert_stopped_in_good_order(tmp_path / "run")


@pytest.mark.wide
def test_a_terminal_that_is_closed_stops_it_too(train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    """The terminal goes: SIGHUP comes, and whatever is still written to it fails."""
    import pty

    ours, theirs = pty.openpty()
    child = train("setsid", "--ctty", "--wait", stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.close(ours)
    child.wait(60)
    until(lambda: isinstance(last_event(tmp_path / "run"), events.Finished), "the end of the run")
    assert_stopped_in_good_order(tmp_path / "run")


@pytest.mark.wide
def test_what_is_to_survive_its_terminal_does(train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    child = train("nohup")
    child.send_signal(signal.SIGHUP)
    linger(1)
    assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    assert ended(child) == 143


@pytest.mark.wide
def test_a_reader_that_has_had_enough_stops_it_in_good_order(
    train: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    child = train()
    assert child.stdout is not None
    child.stdout.close()
    assert child.wait(60) == 0
    assert_stopped_in_good_order(tmp_path / "run")


# --- the window -------------------------------------------------------------------------------------------------------------------------

WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from tests.flows.hands import Hands
from visualnet.app import main as program
from visualnet.app.shell.window import Window

begin, wish = Window.begin, sys.argv[2]

def work(window, file=""):
    begin(window, file)
    hands = Hands(window)
    hands.rest(0.1)
    hands.set_param("fc1", "out_features", "77")
    if wish == "train":
        window.runner.start()
        hands.until(lambda: window.runner.model.step > 20, 120)
    QTimer.singleShot(0, lambda: print("ready", flush=True))
    if wish == "question":
        QMessageBox.question(window, "A question", "that nobody answers")

Window.begin = work
sys.exit(program.main([sys.argv[1]]))
"""


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    from visualnet.app.shell.project_files import templates

    made: list[subprocess.Popen[bytes]] = []
    file = tmp_path / "net.vnet"
    project = project_file.load(templates()["lenet5"])
    project_file.save(
        file, msgspec.structs.replace(project, recipe=msgspec.structs.replace(project.recipe, epochs=1000))
    )

    def start(wish: str) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-c", WINDOW, str(file), wish]
        made.append(subprocess.Popen(arguments, **around(), stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        assert made[-1].stdout is not None
        assert made[-1].stdout.readline() == b"ready\n", made[-1].stderr.read()  # type: ignore[union-attr]
        return made[-1]

    yield start
    for child in made:
        if child.poll() is None:
            child.kill()
        ended(child)


@pytest.mark.wide
@pytest.mark.parametrize(
    ("number", "wish"),
    [
        (signal.SIGTERM, "question"),
        *each_but((signal.SIGHUP, "train"), (signal.SIGTERM, "train")),
        *each_but((signal.SIGINT, "draw"), (signal.SIGTERM, "draw"), (signal.SIGHUP, "draw")),
    ],
)
def test_a_signal_ends_a_window_and_nothing_is_lost(
    number: signal.Signals, wish: str, window: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    before = (tmp_path / "net.vnet").read_bytes()
    dead = [_name(folder / "net.vnet") for folder in (data_dir(), journal_dir(), tmp_path)]
    for path in dead:
        path.touch()
    child = window(wish)
    if wish == "draw":
        until(lambda: not any(path.exists() for path in dead), "what is dead to be tidied away")
    child.send_signal(number)
    if wish == "train":
        linger(0.05)
        child.send_signal(signal.SIGTERM)  # a second one while it stops
    assert child.stderr is not None
    told = child.stderr.read().decode()
    assert child.wait(60) == CODES[number], told
    assert "Traceback" not in told and "Error" not in told, told
    assert (tmp_path / "net.vnet").read_bytes() == before, "the file is as it was saved"
    (orphan,) = orphans()
    assert orphan.load().graph.named("fc1").params["out_features"] == 77
    assert orphan.document().changed_on_disk() is None
    if wish == "train":
        (run,) = run_model.runs_dir().iterdir()
        assert_stopped_in_good_order(run)
        assert [r.state for r in orphan.load().runs] == ["stopped"]
