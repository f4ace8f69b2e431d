"""The queue of runs: its list is kept through whatever ends the process, and worked through in order."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.by_hand import tiny
from tests.training.distributed.conftest import Launcher
from tests.training.distributed.conftest import launcher as launcher
from tests.training.process_server import NEEDS_FORK
from tests.waiting import until
from visualnet.cli.main import main
from visualnet.core.errors import FileError
from visualnet.core.project import DataChoice
from visualnet.core.storage import project_file
from visualnet.training.checkpoints import LAST
from visualnet.training.events import Started
from visualnet.training.queue import queue_file
from visualnet.training.queue.queue_file import add_run, change_queue, move_first, queue_path, read_queue, remove_run
from visualnet.training.queue.worker import QueueBusy, QueueWorker, hold_queue, is_worked_through
from visualnet.training.runs.run_model import create_run, read_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VISUALNET_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def folders() -> list[str]:
    return [Path(run.folder).name for run in read_queue().runs]


def add(folder: Path, name: str, **recipe: object) -> Path:
    run = create_run(tiny(**recipe), folder / name)
    add_run(run)
    return run


def test_runs_are_trained_in_the_order_of_the_list(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        add(tmp_path, name, epochs=1)
    add_run(tmp_path / "a")  # once more: it goes to the end
    move_first(str(tmp_path / "c"))
    assert folders() == ["c", "b", "a"]
    told: list[str] = []
    assert QueueWorker(lambda run, event: told.append(run.path.name)).work() == 0
    assert list(dict.fromkeys(told)) == ["c", "b", "a"] and folders() == []
    assert all(read_run(tmp_path / name).state == "done" for name in "abc")


def test_what_fails_is_kept_with_its_words_and_the_next_is_trained(tmp_path: Path) -> None:
    nowhere = msgspec.structs.replace(tiny(), data=DataChoice(name="nowhere"))
    add_run(create_run(nowhere, tmp_path / "bad"))
    (tmp_path / "none").mkdir()
    add_run(tmp_path / "none")
    add(tmp_path, "good", epochs=1)
    assert QueueWorker(lambda run, event: None).work() == 2
    bad, none = read_queue().runs
    assert "nowhere" in bad.failed and "no project" in none.failed
    assert read_run(tmp_path / "good").state == "done"
    add_run(tmp_path / "none")  # tried anew
    assert not read_queue().runs[-1].failed


def test_a_stop_leaves_the_run_at_the_head_to_be_gone_on_with(tmp_path: Path) -> None:
    run = add(tmp_path, "a", epochs=100000)
    add(tmp_path, "b", epochs=1)
    worker = QueueWorker(lambda run, event: worker.stop() if isinstance(event, Started) else None)
    worker.work()
    assert folders() == ["a", "b"] and read_run(run).state == "stopped"


def test_a_run_that_ends_its_process_each_time_is_not_tried_for_ever(tmp_path: Path) -> None:
    run = add(tmp_path, "a", epochs=1)
    queue_file.note(str(run), tries=queue_file.TRIES)
    assert QueueWorker(lambda run, event: None).work() == 1
    assert "ended its process 3 times" in read_queue().runs[0].failed


def test_only_one_process_works_through_it(tmp_path: Path) -> None:
    assert not is_worked_through()
    with hold_queue():
        assert is_worked_through()
        with pytest.raises(QueueBusy, match="another process"):
            QueueWorker(lambda run, event: None).work()
    assert not is_worked_through()


@pytest.mark.parametrize("text", ["", "{", '{"runs": [{"folder": 3}]}', '{"format": 2}', "[" * 10000])
def test_a_list_that_cannot_be_read_is_told_and_left_alone(text: str) -> None:
    queue_path().parent.mkdir(parents=True, exist_ok=True)
    queue_path().write_text(text)
    with pytest.raises(FileError, match="the queue "):
        add_run(Path("/a"))
    assert queue_path().read_text() == text


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "first"]), st.sampled_from("abcd"))))
def test_the_list_is_what_was_asked_of_it(actions: list[tuple[str, str]]) -> None:
    change_queue(lambda runs: ())
    expected: list[str] = []
    for action, name in actions:
        folder = str(Path(f"/{name}").absolute())
        if action == "add":
            add_run(Path(folder))
            expected = [one for one in expected if one != name] + [name]
        elif action == "remove":
            remove_run(folder)
            expected = [one for one in expected if one != name]
        else:
            move_first(folder)
            expected = [name] * (name in expected) + [one for one in expected if one != name]
    assert folders() == expected


@NEEDS_FORK
def test_the_queue_survives_a_kill(launcher: Launcher, home: Path, tmp_path: Path) -> None:
    net = tmp_path / "net.vnet"
    project_file.save(net, tiny())
    assert main(["queue", "add", str(net), "--run", str(tmp_path / "long"), "--epochs", "100000"]) == 0
    assert main(["queue", "add", str(net), "--run", str(tmp_path / "short"), "--epochs", "1"]) == 0
    environment = {"VISUALNET_HOME": str(home)}
    (worker,) = launcher.start(tmp_path, size=1, arguments=["queue", "work"], often=True, environment=environment)
    until(lambda: (tmp_path / "long" / LAST / "state.json").exists(), "a checkpoint")
    assert is_worked_through()
    os.kill(worker, signal.SIGKILL)
    assert launcher.end() == [-signal.SIGKILL]
    assert folders() == ["long", "short"] and not is_worked_through()
    begun: list[int] = []

    def tell(run: queue_file.QueuedRun, event: object) -> None:
        if isinstance(event, Started):
            begun.append(event.step)
            again.stop()

    again = QueueWorker(tell)
    again.work()
    assert read_run(tmp_path / "long").state == "stopped" and folders() == ["long", "short"]
    assert begun[0] > 0  # it went on


def test_the_verb_tells_what_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue"]) == 0 and "nothing waits" in capsys.readouterr().out
    assert main(["queue", "add", "mlp-mnist", "--run", str(tmp_path / "a"), "--epochs", "1"]) == 0
    assert main(["queue", "remove", "2"]) == 2 and "from 1 to 1" in capsys.readouterr().err
    assert main(["queue", "add"]) == 2 and "a project is wanted" in capsys.readouterr().err
    assert main(["queue", "list"]) == 0 and "no process works" in capsys.readouterr().out
    assert main(["queue", "remove", "1"]) == 0 and folders() == []
