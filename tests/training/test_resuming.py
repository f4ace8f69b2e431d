"""A run goes on from the newest checkpoint that can be used, whatever became of the last one, and says which."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from tests.training.nets import small
from tests.training.test_session import train, values
from visualnet.core.storage import temporaries
from visualnet.training import checkpoints, devices
from visualnet.training.runs.run_list import list_runs
from visualnet.training.runs.run_model import create_run

EPOCHS = 4


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that stopped after two of its epochs, with a checkpoint of each."""
    folder = tmp_path_factory.mktemp("runs") / "ended"
    create_run(small(epochs=EPOCHS), folder)
    for epochs in (1, 2):
        train(small(epochs=epochs), folder, resume=epochs > 1)
    assert [checkpoints.read_state(f).epoch for f in checkpoints.find_checkpoints(folder)] == [2, 1]
    return folder


@pytest.fixture(scope="module")
def whole() -> list[float]:
    """The losses of the same run, never stopped."""
    return values(train(small(epochs=EPOCHS)))


def said(**change: Any) -> Callable[[Path], None]:
    """A checkpoint that says something else in ``state.json``."""

    def damage(last: Path) -> None:
        path = last / "state.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    return damage


def to_pipe(name: str) -> Callable[[Path], None]:
    def damage(last: Path) -> None:
        (last / name).unlink()
        os.mkfifo(last / name)

    return damage


def cut(name: str) -> Callable[[Path], None]:
    return lambda last: os.truncate(last / name, (last / name).stat().st_size - 9)


def no_generator(last: Path) -> None:
    """Of the right form, but no state that a generator can be in."""
    path = last / "generators.safetensors"
    found = load_file(path)
    found["torch"] = found["torch"].clone().fill_(255)
    save_file(found, path)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "weights are cut off": cut("weights.safetensors"),
    "optimizer is cut off": cut("optimizer.safetensors"),
    "state is cut off": cut("state.json"),
    "state is gone": lambda last: (last / "state.json").unlink(),
    "weights are a pipe": to_pipe("weights.safetensors"),
    "state is a pipe": to_pipe("state.json"),
    "state is a folder": lambda last: ((last / "state.json").unlink(), (last / "state.json").mkdir()),
    "the generator's state is none": no_generator,
    "epoch is 10⁹": said(epoch=10**9),
    "epoch is one too many": said(epoch=EPOCHS + 1, step=23 * (EPOCHS + 1)),
    "step is 2⁵³": said(step=2**53),
    "step is before the epoch": said(step=1, epoch=2),
    "position is 10⁹": said(position=10**9),
    "samples are 2⁵³": said(samples=2**53, position=3),
    "threads are 10⁶": said(threads=10**6),
    "threads are none": said(threads=0),
    "seconds are 10³⁰": said(seconds=1e30),
    "rate is 10³⁰": said(lr=1e30),
    "rate is below zero": said(lr=-1.0),
}


@pytest.mark.few(4)
@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_last_checkpoint_costs_one_epoch_and_not_the_run(
    how: str, ended: Path, whole: list[float], tmp_path: Path
) -> None:
    folder = shutil.copytree(ended, tmp_path / "run")
    DAMAGE[how](folder / "last")
    model = train(small(epochs=EPOCHS), folder, resume=True)
    assert model.state == "done" and model.failed is None
    (told,) = [words for words in model.troubles if "cannot be used" in words]
    assert "goes on from the one before, at step 23" in told
    assert values(model) == whole[23:], "bit by bit what would have come"
    assert [checkpoints.read_state(f).epoch for f in checkpoints.find_checkpoints(folder)] == [EPOCHS, 1], (
        "not the damaged one"
    )
    assert not list(folder.glob(".*"))


def test_a_whole_last_checkpoint_is_used_and_nothing_is_said(ended: Path, whole: list[float], tmp_path: Path) -> None:
    folder = shutil.copytree(ended, tmp_path / "run")
    model = train(small(epochs=EPOCHS), folder, resume=True)
    assert model.troubles == []
    assert values(model) == whole[46:]


def test_where_none_can_be_used_the_words_are_about_the_newest(ended: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(ended, tmp_path / "run")
    said(epoch=10**9)(folder / "last")
    cut("weights.safetensors")(folder / "before-last")
    model = train(small(epochs=EPOCHS), folder, resume=True)
    assert model.failed is not None
    assert "1,000,000,000 epochs are said to be done; the recipe asks for 4" in model.failed.words
    assert (folder / "last").is_dir() and (folder / "before-last").is_dir(), "nothing is thrown away"


def test_a_run_may_be_given_fewer_epochs_than_it_has_had(ended: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(ended, tmp_path / "run")
    model = train(small(epochs=1), folder, resume=True)
    assert (model.state, model.troubles) == ("done", [])


def test_threads_of_a_larger_machine_leave_a_core_for_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cores", lambda: 2)
    assert devices.place("cpu", 64).threads == 1
    assert devices.place("cpu", 2).threads == 2
    assert devices.place("cpu").threads == 1


def test_a_run_with_only_the_checkpoint_before_can_be_resumed(ended: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(ended, tmp_path / "run")
    said(state="x")(folder / "last")
    lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    (folder / "events.jsonl").write_text("".join(line for line in lines if '"finished"' not in line))
    shutil.rmtree(folder / "last")
    assert [info.resumable for info in list_runs(tmp_path)] == [True]


def test_what_a_killed_session_left_aside_goes_when_the_run_goes_on(ended: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(ended, tmp_path / "run")
    for name in ("last", "best.safetensors"):
        dead = temporaries._name(folder / name)
        (dead / "new").mkdir(parents=True)
        (dead / "new" / "weights.safetensors").write_bytes(bytes(1000))
    train(small(epochs=EPOCHS), folder, resume=True)
    assert not list(folder.glob(".*"))
