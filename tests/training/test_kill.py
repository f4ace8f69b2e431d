"""A training killed (kill −9) at random moments, with every technique, and gone on with: equal to the bit with one that nobody killed."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from tests.training.by_hand import tiny
from tests.training.gan import gan
from tests.training.process_server import NEEDS_FORK, ProcessServer, serving
from tests.training.script.test_training_script import GUARDED, grouped
from tests.training.test_gradient_penalty import wgan
from tests.training.test_learners import CASES
from tests.training.test_techniques import OPTIONS, WRITTEN, project_with, train
from visualnet.core.project import Project
from visualnet.training.runs.run_model import RunModel, create_run, read_run

pytestmark = NEEDS_FORK
ALL_GUARDS = {
    "l1": 0.01,
    "clip_norm": 0.1,
    "clip_value": 0.01,
    "accumulate": 3,
    "ema_decay": 0.9,
    "label_smoothing": 0.1,
}
TECHNIQUES: dict[str, Callable[[], Project]] = {
    **{name: lambda name=name: project_with(name, "cosine", warmup=1) for name in OPTIONS},
    **{f"{name} schedule": lambda name=name: project_with("SGD", name, warmup=1) for name in WRITTEN},
    **{f"{name} guard": lambda name=name: project_with("Adam", "polynomial", **GUARDED[name]) for name in GUARDED},
    "all guards": lambda: project_with("RMSprop", "plateau", **ALL_GUARDS),
    "early stopping that stops": lambda: tiny(lr=3.0, options={"patience": 1}),
    "groups": lambda: grouped({"clip_norm": 0.1}),
    "groups in a block": lambda: grouped({**ALL_GUARDS, "warmup": 1}, inside=True),
    **{f"learners, {name}": lambda name=name: gan(*CASES[name]) for name in CASES},
    "learners with a gradient penalty": lambda: wgan({"steps": 2}),
}
KILLS = 3


def run(trainer: ProcessServer, folder: Path, kill_at: int = -1) -> tuple[int, int]:
    """Train there: the exit status (−9 where it was killed before it was done), and the calls of functions that it took."""
    status, calls = trainer.ask(f"{folder} {kill_at}").split()
    return int(status), int(calls)


@pytest.fixture(scope="module")
def trainer() -> Iterator[ProcessServer]:
    with serving("tests.training.trainer_process") as found:
        yield found


def told(model: RunModel) -> dict[str, Any]:
    """Every number of every step and epoch."""
    return {
        "steps": {name: series.values.tolist() for name, series in model.steps.items()},
        "rates": {name: series.values.tolist() for name, series in model.rates.items()},
        "lr": model.lr.values.tolist(),
        "epochs": [(e.epoch, e.train, e.validation, e.average) for e in model.epochs],
        "clipped": model.clipped,
    }


def weights(folder: Path) -> dict[str, dict[str, Any]]:
    """Every tensor that the run left, by file."""
    files = sorted(path for path in folder.rglob("*.safetensors"))
    kept = [path for path in files if path.parent.name in ("last", "best", folder.name)]
    return {
        str(path.relative_to(folder)): {name: tensor.tolist() for name, tensor in load_file(path).items()}
        for path in kept
    }


@pytest.mark.wide
@pytest.mark.parametrize("name", TECHNIQUES, ids=lambda name: name.replace(" ", "-"))
def test_a_killed_training_goes_on_to_the_same_bits(name: str, trainer: ProcessServer, tmp_path: Path) -> None:
    project, moments = TECHNIQUES[name](), random.Random(name)
    whole = create_run(project, tmp_path / "whole")
    status, calls = run(trainer, whole)
    assert status == 0
    killed = create_run(project, tmp_path / "killed")
    for _ in range(KILLS):
        assert run(trainer, killed, int(moments.uniform(0.1, 0.9) * calls / KILLS)) == (-signal.SIGKILL, 0)
    assert run(trainer, killed)[0] == 0
    ours, theirs = read_run(killed), read_run(whole)
    assert ours.state == theirs.state == "done"
    assert told(ours) == told(theirs)
    assert weights(killed) == weights(whole)
    assert not list(killed.glob(".*")), "nothing stays of what was being written"


@pytest.mark.wide
def test_the_forked_training_is_that_of_the_session(trainer: ProcessServer, tmp_path: Path) -> None:
    project = TECHNIQUES["all guards"]()
    folder = create_run(project, tmp_path / "run")
    assert run(trainer, folder)[0] == 0
    assert told(read_run(folder))["steps"] == told(train(project))["steps"]
