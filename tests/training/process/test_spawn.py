"""Trainings in processes of their own: the same to the bit as in a thread, and words whatever ends them."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.conftest import Amount
from tests.training.by_hand import tiny
from tests.training.nets import chain
from tests.training.process_server import NEEDS_FORK
from tests.waiting import until
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.core.user import trusted_code
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.process import address
from visualnet.training.process.exit_report import record_lost_ending
from visualnet.training.process.follow import Follower
from visualnet.training.process.log_tail import whole_size_of
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.process.spawn import SpareProcess, TrainingProcess, train_in_process
from visualnet.training.runs.run_model import RunModel, create_run, read_run
from visualnet.training.training_job import train

pytestmark = NEEDS_FORK
LONG = 100_000
ROOT = Path(__file__).parents[3]
Take = Callable[[], TrainingProcess]


@pytest.fixture
def spare() -> Iterator[SpareProcess]:
    one = SpareProcess()
    yield one
    one.close()


class Window:
    """A window that trains in a process: a thread that follows, and what it heard."""

    def __init__(self, project: Project, folder: Path, resume: bool = False, take: Take = TrainingProcess) -> None:
        self.heard: list[Any] = []
        self.control, self.folder = RemoteControl(), folder
        job = (project, folder, resume, self.control, self.heard.append, take)
        self.thread = threading.Thread(target=train_in_process, args=job)
        self.thread.start()

    def until_checkpoint(self) -> None:
        """Pause it, which keeps its state."""
        until(lambda: any(isinstance(e, events.EpochDone) for e in self.heard))
        self.control.pause()
        until(lambda: any(isinstance(e, events.Paused) for e in self.heard))

    @property
    def last(self) -> Any:
        """What it heard last."""
        return self.heard[-1]


def pid_of(folder: Path) -> int:
    found = address.read(folder)
    assert found is not None
    return found.pid


def told(model: RunModel) -> dict[str, Any]:
    """Every number of every step and epoch."""
    return {
        "steps": {name: series.values.tolist() for name, series in model.steps.items()},
        "epochs": [(e.epoch, e.train, e.validation) for e in model.epochs],
    }


@pytest.mark.wide
@pytest.mark.timeout(180)
def test_the_same_losses_to_the_bit_and_the_same_events(tmp_path: Path) -> None:
    ours = create_run(tiny(), tmp_path / "thread")
    train(tiny(), ours, False, Control(), lambda event: None)
    theirs = create_run(tiny(), tmp_path / "process")
    window = Window(tiny(), theirs)
    window.thread.join()
    model = RunModel()
    for event in window.heard:
        model.consume(event)
    assert told(model) == told(read_run(theirs)) == told(read_run(ours))
    assert model.state == "done"
    assert (ours / "best.safetensors").read_bytes() == (theirs / "best.safetensors").read_bytes()
    assert not (theirs / address.FILE).exists()


@pytest.mark.wide
@pytest.mark.timeout(180)
def test_kill_9_ends_the_run_with_words_and_it_can_be_gone_on_with(tmp_path: Path) -> None:
    folder = create_run(tiny(epochs=LONG), tmp_path / "run")
    window = Window(tiny(epochs=LONG), folder)
    window.until_checkpoint()
    os.kill(pid_of(folder), signal.SIGKILL)
    window.thread.join()
    assert isinstance(window.last, events.Failed)
    assert window.last.kind == "process"
    assert "SIGKILL" in window.last.words
    assert "Resume goes on" in window.last.words
    model = read_run(folder)
    assert model.state == "failed"
    assert model.failed == window.last
    assert not (folder / address.FILE).exists()
    assert len(model.epochs) > 0
    again = Window(tiny(epochs=len(model.epochs) + 2), folder, resume=True)
    again.thread.join()
    assert isinstance(again.heard[0], RunModel)
    assert read_run(folder).state == "done"
    assert len(read_run(folder).epochs) == len(model.epochs) + 2


FATAL = """class Fatal(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        if self.training and self.calls > 12:
            {act}
        return x
"""
ACTS = {
    "exit": ("import os; os._exit(7)", "exit code 7"),
    "crash": ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    "abort": ("import os; os.abort()", "SIGABRT"),
}


def fatal(act: str) -> Project:
    """A network with a layer of one's own that takes the whole process along."""
    source = FATAL.format(act=ACTS[act][0])
    trusted_code.trust_for_now(source)
    rows: list[tuple[str, dict[str, Any]]] = [
        ("linear", {"out_features": 8}),
        ("python", {"source": source, "sizes": "x: F -> y: F", "arguments": "", "tensors": "", "mac_count": "0"}),
        ("linear", {"out_features": 2}),
    ]
    data, recipe = DataChoice(name="points", options={"n": 100}), Recipe(epochs=50, batch_size=16, device="cpu")
    return chain(rows, data, recipe, ("input", {"field": "point", "size": (2,)}), ("target", {}), "cross_entropy")


@pytest.mark.wide
@pytest.mark.timeout(180)
@pytest.mark.parametrize("act", ["exit", "crash", pytest.param("abort", marks=pytest.mark.wide)])
def test_code_that_ends_the_process_ends_the_run_with_words(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trusted_code, "_for_now", set())
    project = fatal(act)
    folder = create_run(project, tmp_path / "run")
    window = Window(project, folder)
    window.thread.join()
    assert isinstance(window.last, events.Failed), window.heard
    assert ACTS[act][1] in window.last.words
    assert read_run(folder).failed == window.last
    if act != "exit":
        assert "in forward" in window.last.traceback, "where Python was"


def killed_window(folder: Path, owned: bool) -> None:
    """A window that is another process: it starts a training there, and is killed in the middle of it."""
    code = (
        "import sys; from pathlib import Path; from tests.training.by_hand import tiny\n"
        "from visualnet.training.process.spawn import train_in_process\n"
        "from visualnet.training.process.remote_control import RemoteControl\n"
        f"train_in_process(tiny(epochs={LONG}), Path({str(folder)!r}), False, RemoteControl(), lambda event: None, owned={owned})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment) as window:
        until(lambda: read_run(folder).epochs)
        window.kill()


@pytest.mark.wide
@pytest.mark.timeout(180)
def test_kill_9_of_a_window_that_owns_its_training_stops_it_with_its_state_kept(tmp_path: Path) -> None:
    folder = create_run(tiny(epochs=LONG), tmp_path / "run")
    killed_window(folder, owned=True)
    until(lambda: not address.is_running(folder), "the end of the training")
    model = read_run(folder)
    assert model.state == "stopped"
    assert resumable_at(folder) == model.step > 0


def resumable_at(folder: Path) -> int:
    """The step of the newest checkpoint."""
    step: int = json.loads((folder / "last" / "state.json").read_text())["step"]
    return step


@pytest.mark.wide
@pytest.mark.timeout(180)
def test_kill_9_of_the_window_leaves_the_run_which_is_followed_without_a_gap(
    tmp_path: Path, processes: list[int]
) -> None:
    """The window is another process here: it starts the training, is killed, and this one follows the run from then on."""
    folder = create_run(tiny(epochs=LONG), tmp_path / "run")
    killed_window(folder, owned=False)
    trainer = pid_of(folder)
    before = read_run(folder)
    assert address.is_running(folder)
    heard: list[Any] = []
    control = RemoteControl()
    thread = threading.Thread(target=Follower(folder, control, heard.append, whole=True).run)
    thread.start()
    until(lambda: len([e for e in heard if isinstance(e, events.EpochDone)]) > len(before.epochs) + 3)
    control.stop()
    thread.join()
    assert isinstance(heard[-1], events.Finished)
    whole = RunModel()
    for event in heard:
        whole.consume(event)
    steps = [event.step for event in heard if isinstance(event, events.Steps)]
    counts = [event.count for event in heard if isinstance(event, events.Steps)]
    assert steps == [sum(counts[: at + 1]) for at in range(len(counts))], "no gap, no double"
    assert told(whole) == told(read_run(folder))
    until(lambda: not address.is_running(folder))
    assert trainer not in processes


@pytest.mark.wide
@pytest.mark.timeout(180)
def test_a_spare_process_trains_at_once_and_ends_with_its_owner(
    tmp_path: Path, spare: SpareProcess, processes: list[int]
) -> None:
    spare.prepare()
    spare.prepare()
    assert len(processes) == 1
    folder = create_run(tiny(epochs=1), tmp_path / "run")
    window = Window(tiny(epochs=1), folder, take=spare.take)
    window.thread.join()
    assert len(processes) == 1
    assert read_run(folder).state == "done"
    spare.prepare()
    assert len(processes) == 2
    os.kill(processes[1], signal.SIGKILL)
    until(lambda: not spare._process.lives())  # type: ignore[union-attr]
    spare.prepare()
    assert len(processes) == 3


@pytest.mark.wide
def test_a_process_that_cannot_begin_says_why(tmp_path: Path) -> None:
    folder = create_run(tiny(epochs=1), tmp_path / "run")
    held = address.acquire_lock(folder)
    assert held is not None
    window = Window(tiny(epochs=1), folder)
    window.thread.join()
    held.close()
    (failed,) = window.heard
    assert "another process trains" in failed.words
    assert not failed.words.startswith("visualnet.")


@pytest.mark.wide
def test_a_failure_before_the_first_step_is_in_the_log_for_who_comes_later(tmp_path: Path) -> None:
    project = replace(tiny(), data=DataChoice(name="points", options={"n": 100, "shape": "no such"}))
    folder = create_run(project, tmp_path / "run")
    window = Window(project, folder)
    window.thread.join()
    assert isinstance(window.last, events.Failed)
    assert window.last.kind != "process"
    assert read_run(folder).failed == window.last


def test_a_run_that_ended_in_good_order_is_not_concluded(tmp_path: Path) -> None:
    folder = create_run(tiny(epochs=1), tmp_path / "run")
    train(tiny(epochs=1), folder, False, Control(), lambda event: None)
    before = (folder / "events.jsonl").read_bytes()
    heard, at = address.listen()
    heard.close()
    address.write(folder, at)  # as if it had been killed just before it could tidy up
    assert record_lost_ending(folder) is None
    assert (folder / "events.jsonl").read_bytes() == before
    assert not (folder / address.FILE).exists()


@pytest.mark.wide
@pytest.mark.timeout(600)
def test_killed_at_any_moment_it_leaves_words_and_a_folder_that_is_gone_on_with(
    tmp_path: Path, spare: SpareProcess, amount: Amount
) -> None:
    moments = random.Random(11)
    folder = create_run(tiny(epochs=LONG), tmp_path / "run")
    begun = False
    for _ in range(amount(3, wide=20, thorough=100)):
        spare.prepare()
        window = Window(tiny(epochs=LONG), folder, resume=begun, take=spare.take)
        wanted = moments.randrange(0, 60)
        until(lambda w=window, n=wanted: len(w.heard) > n)  # type: ignore[misc]
        os.kill(pid_of(folder), signal.SIGKILL)
        window.thread.join()
        assert isinstance(window.last, events.Failed)
        assert "SIGKILL" in window.last.words
        model = read_run(folder)
        assert model.state == "failed"
        losses = model.steps.get("loss")
        assert losses is None or len(losses.values) == model.step
        begun = begun or model.started is not None
    last = Window(tiny(epochs=len(read_run(folder).epochs) + 1), folder, resume=begun)
    last.thread.join()
    assert read_run(folder).state == "done"


class _Ended:
    """A process of ours that is over."""

    def wait(self) -> int | None:
        return 0

    def lives(self) -> bool:
        return False


def test_a_failure_is_heard_also_if_the_process_ended_before_we_came(tmp_path: Path) -> None:
    folder = create_run(tiny(), tmp_path / "run")
    failed = events.Failed(kind="data", words="there are none")
    with (folder / "events.jsonl").open("wb") as log:
        log.write(events.encode(failed) + b"\n")
    heard: list[Any] = []
    Follower(folder, RemoteControl(), heard.append, process=_Ended()).run()
    assert heard == [failed]


class _Killed(_Ended):
    """A process of ours that was killed before it said anything."""

    def wait(self) -> int | None:
        return -signal.SIGKILL


def test_a_resumed_run_that_is_killed_before_its_first_word_gets_words_of_its_own(tmp_path: Path) -> None:
    folder = create_run(tiny(), tmp_path / "run")
    stopped = events.Finished(reason="stopped", step=0, epoch=0, seconds=0.1)
    with (folder / "events.jsonl").open("wb") as log:
        log.write(events.encode(stopped) + b"\n")
    before, heard = whole_size_of(folder), list[Any]()
    Follower(folder, RemoteControl(), heard.append, process=_Killed(), before=before).run()
    assert isinstance(heard[-1], events.Failed), heard
    assert "SIGKILL" in heard[-1].words
    assert read_run(folder).failed == heard[-1]
    Follower(folder, RemoteControl(), heard.append, process=_Killed(), before=before).run()
    assert sum(b'"failed"' in line for line in (folder / "events.jsonl").read_bytes().splitlines()) == 1, "written once"
