"""Two processes train as one does: the same losses, metrics and weights; over two they are stopped, killed and gone on with."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.by_hand import tiny
from tests.training.distributed.cases import CASES, EQUAL, short
from tests.training.distributed.conftest import Launcher, said
from tests.training.distributed.launcher import told
from tests.training.gan import gan
from tests.training.nets import small
from tests.training.process_server import NEEDS_FORK
from tests.waiting import until
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.training.checkpoints import LAST
from visualnet.training.distributed import refusals
from visualnet.training.distributed.joined_processes import JoinedProcesses
from visualnet.training.distributed.process_group import Member
from visualnet.training.distributed.torchrun_environment import ProcessRank, launched
from visualnet.training.events import Processes
from visualnet.training.run_records.from_log import read_record
from visualnet.training.runs.run_model import RunModel, read_run
from visualnet.training.verifying.comparing import compare
from visualnet.training.verifying.replay import verify_run

pytestmark = [
    NEEDS_FORK,
]
TOLERANCE = 2e-6
"""Parts are added in another order: so far may losses and weights of one process and two lie apart (float32, values near 1)."""


@pytest.fixture(scope="module")
def two(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes tell of each case."""
    return launcher.train(tmp_path_factory.mktemp("two"), cases=[*CASES])


def close(ours: Any, one: Any) -> None:
    """The numbers are equal but for rounding."""
    np.testing.assert_allclose(ours, one, rtol=TOLERANCE, atol=TOLERANCE)


def trained_alike(ours: dict[str, Any], one: dict[str, Any]) -> None:
    """Two processes agree, nothing was said, and all came out as one process has it."""
    assert ours["reason"] == one["reason"] == "done" and ours["alike"] and not ours["said"]
    assert len(ours["losses"]) == len(one["losses"]) > 0
    close(ours["losses"], one["losses"])
    close(ours["weights"], one["weights"])


@pytest.mark.parametrize("name", EQUAL)
def test_two_processes_train_as_one(name: str, two: dict[str, Any]) -> None:
    ours, one = two[name], told(CASES[name]())
    trained_alike(ours, one)
    for rows in zip(ours["epochs"], one["epochs"], strict=True):
        for here, there in zip(*rows, strict=True):
            assert here.keys() == there.keys()
            close([*here.values()], [*there.values()])


def test_batch_statistics_are_those_of_each_part_and_that_is_said(two: dict[str, Any]) -> None:
    ours = two["normalized"]
    assert ours["reason"] == "done" and ours["alike"]
    assert "batch normalization takes its mean and deviation from each process's own part" in ours["said"][0]


def test_persistent_chains_are_led_on_alike_in_all_processes(two: dict[str, Any]) -> None:
    ours = two["chains"]
    assert ours["reason"] == "done" and ours["alike"] and not ours["said"]
    (states,) = (np.array(one) for one in ours["buffers"] if np.shape(one))
    assert states.shape == (6, 2) and np.isin(states, (0, 1)).all()


def several(size: int, rank: int, least: int) -> JoinedProcesses:
    members = [Member(number, "here", number) for number in range(size)]
    made = JoinedProcesses(members, rank, torch.device("cpu"), 0, lambda told, error: told)
    made.least = least
    return made


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("size", [2, 3, 8])
def test_every_sample_of_a_batch_counts_once(size: int, least: int) -> None:
    for samples in range(least, 40):
        batch, met = torch.arange(samples), []
        for rank in range(size):
            group = several(size, rank, least)
            part = group.take(batch)
            assert len(part) >= least  # also a part that only stands in can be computed
            met += part.tolist() if group.counts else []
        assert met == batch.tolist()


def saved(project: Project, folder: Path) -> str:
    project_file.save(folder / "net.vnet", project)
    return str(folder / "net.vnet")


def losses(model: RunModel) -> Any:
    return model.steps["loss"].values


def same_losses(ours: Path, whole: Path) -> None:
    close(losses(read_run(ours)), losses(read_run(whole)))


@pytest.mark.few(1)
@pytest.mark.parametrize("sizes", [(1, 2), (2, 1)], ids=["one-then-two", "two-then-one"])
def test_a_run_goes_on_with_another_number_of_processes(
    sizes: tuple[int, int], launcher: Launcher, tmp_path: Path
) -> None:
    net = saved(short(), tmp_path)
    for size, more in zip(sizes, (("--epochs", "2"), ("--epochs", "4", "--resume")), strict=True):
        launcher.start(tmp_path, size=size, arguments=["train", net, "--run", str(tmp_path / "run"), *more])
        assert launcher.end() == [0] * size, said(tmp_path)
        assert read_record(tmp_path / "run").processes == Processes(count=size)
    assert verify_run(tmp_path / "run").kind == "cannot", "a part of it was computed by two"
    launcher.start(tmp_path, size=1, arguments=["train", net, "--run", str(tmp_path / "whole"), "--epochs", "4"])
    assert launcher.end() == [0]
    same_losses(tmp_path / "run", tmp_path / "whole")
    assert (tmp_path / "out.0").read_text().count("epoch 4/4") == 2


def test_as_many_processes_give_the_same_bits_again(launcher: Launcher, tmp_path: Path) -> None:
    net = saved(small(epochs=1, device="cpu"), tmp_path)  # with dropout: each process draws its own chance
    for name in ("run", "again"):
        launcher.start(tmp_path, arguments=["train", net, "--run", str(tmp_path / name)])
        assert launcher.end() == [0, 0], said(tmp_path)
    assert compare(read_run(tmp_path / "run"), read_run(tmp_path / "again")).equal
    found = verify_run(tmp_path / "run")
    assert found.kind == "cannot"
    assert "It was trained by 2 processes:" in found.words
    assert "torchrun --nproc-per-node 2 -m visualnet train PROJECT," in found.words


def endless(launcher: Launcher, folder: Path, **more: Any) -> list[int]:
    """Two processes that train on and on, when their first checkpoint is there; their ids."""
    net, run = saved(short(), folder), folder / "run"
    arguments = ["train", net, "--run", str(run), "--epochs", "100000"]
    children = launcher.start(folder, arguments=arguments, often=True, **more)
    until(lambda: (run / LAST / "state.json").exists(), "a checkpoint")
    return children


def goes_on(launcher: Launcher, folder: Path) -> None:
    """One process goes on from what is there, and its numbers are those of a run that nobody ended."""
    run = folder / "run"
    epochs = str(len(read_run(run).epochs) + 2)
    common = ["train", str(folder / "net.vnet"), "--epochs", epochs]
    launcher.start(folder, size=1, arguments=[*common, "--run", str(run), "--resume"])
    assert launcher.end() == [0], said(folder)
    launcher.start(folder, size=1, arguments=[*common, "--run", str(folder / "whole")])
    assert launcher.end() == [0]
    ours, whole = losses(read_run(run)), losses(read_run(folder / "whole"))
    assert len(ours) == len(whole)
    # Rounding drifts apart over many steps; what is asked is that nothing was lost or taken twice.
    np.testing.assert_allclose(ours, whole, rtol=1e-3, atol=1e-3)


def test_a_signal_to_any_stops_all_at_the_same_step(launcher: Launcher, tmp_path: Path) -> None:
    children = endless(launcher, tmp_path)
    os.kill(children[1], signal.SIGTERM)
    assert launcher.end() == [130, 143], said(tmp_path)
    model = read_run(tmp_path / "run")
    assert model.state == "stopped"
    goes_on(launcher, tmp_path)


@pytest.mark.parametrize("rank", [1, pytest.param(0, marks=pytest.mark.wide)])
def test_a_rank_that_is_killed_ends_all_with_words_that_name_it(rank: int, launcher: Launcher, tmp_path: Path) -> None:
    children = endless(launcher, tmp_path)
    os.kill(children[rank], signal.SIGKILL)
    codes = launcher.end()
    assert codes[rank] == -signal.SIGKILL and codes[1 - rank] == 1
    words = (tmp_path / f"out.{1 - rank}").read_text()
    assert f"rank {rank} (process {children[rank]} on " in words and "is gone (killed, or out of memory)" in words
    assert "--resume" in words and "Traceback" not in words
    goes_on(launcher, tmp_path)


@pytest.mark.wide
def test_a_rank_that_hangs_ends_all_after_a_while(launcher: Launcher, tmp_path: Path) -> None:
    children = endless(launcher, tmp_path, environment={"VISUALNET_TIMEOUT": "3"})
    os.kill(children[1], signal.SIGSTOP)
    until(lambda: "does not answer" in (tmp_path / "out.0").read_text(), "words")
    os.kill(children[1], signal.SIGKILL)
    assert launcher.end() == [1, -signal.SIGKILL]
    assert f"rank 1 (process {children[1]} on " in (tmp_path / "out.0").read_text()
    goes_on(launcher, tmp_path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (gan, "several learners (“"),
        (lambda: tiny(procedure="deep_q"), "the procedure “deep_q”"),
        (lambda: tiny(batch_size=1), "a batch of 1 sample cannot be shared by 2 processes"),
    ],
    ids=["learners", "deep_q", "batch"],
)
def test_what_cannot_be_shared_is_refused_before_anything_starts(make: Callable[[], Project], words: str) -> None:
    with pytest.raises(ValueError, match="processes") as refused:
        refusals.check(make(), 2)
    assert words in str(refused.value)


def test_one_process_is_alone_whatever_the_environment_says() -> None:
    assert launched({}) == launched({"RANK": "1"}) == ProcessRank()
    names = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}
    assert launched({**names, "MASTER_ADDR": "a", "MASTER_PORT": "1"}) == ProcessRank(3, 4, 1, 2)


def test_a_setting_that_is_changed_is_changed_in_all_at_the_same_step(launcher: Launcher, tmp_path: Path) -> None:
    """What a resumed run is told on the shell (another batch, another rate) acts in both: two go on as one does."""
    net = saved(short(), tmp_path)
    for size, run in ((2, "run"), (1, "whole")):
        common = ["train", net, "--run", str(tmp_path / run)]
        for more in (["--epochs", "1"], ["--epochs", "3", "--resume", "--batch-size", "10", "--lr", "0.05"]):
            launcher.start(tmp_path, size=size, arguments=[*common, *more])
            assert launcher.end() == [0] * size, said(tmp_path)
    same_losses(tmp_path / "run", tmp_path / "whole")
    assert read_run(tmp_path / "run").changes
