"""Weights divided over two processes (FSDP2): the same losses as one process, whole checkpoints, and words for what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.training.by_hand import tiny
from tests.training.distributed.cases import CASES, guarded, normalized, normalized_sgd, overlaps, short
from tests.training.distributed.conftest import Launcher, said
from tests.training.distributed.launcher import told
from tests.training.distributed.test_two_processes import close, same_losses, saved, trained_alike
from tests.training.process_server import NEEDS_FORK
from visualnet.analysis import infer
from visualnet.compiling.module import Model
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training import devices
from visualnet.training.checkpoints import read_header
from visualnet.training.distributed import sharding
from visualnet.training.distributed.joined_processes import JoinedProcesses
from visualnet.training.distributed.process_group import Member
from visualnet.training.distributed.torchrun_environment import ProcessRank
from visualnet.training.events import Processes
from visualnet.training.loop.network.parts import build_parts, compile_network
from visualnet.training.machine.hardware_options import Machine
from visualnet.training.recipe.settings import recipe_of_run, settings
from visualnet.training.run_records.from_log import read_record
from visualnet.training.runs.run_model import read_run

pytestmark = NEEDS_FORK
SHARDED = ("short", "odd", "last_of_two", "ignoring", "added_up", "clipped")


@pytest.fixture(scope="module")
def two(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes tell of each case."""
    return launcher.train(tmp_path_factory.mktemp("sharded"), cases=[*SHARDED], shard=True)


@pytest.mark.parametrize("name", SHARDED)
def test_two_processes_with_divided_weights_train_as_one(name: str, two: dict[str, Any]) -> None:
    trained_alike(two[name], told(CASES[name]()))


@pytest.mark.parametrize("first", [True, False], ids=["divided-then-one", "one-then-divided"])
def test_checkpoints_are_whole_so_that_a_run_goes_on_with_or_without(
    first: bool, launcher: Launcher, tmp_path: Path
) -> None:
    net, run, whole = (
        saved(tiny(optimizer="Adam", options={"clip_norm": 0.1}), tmp_path),
        tmp_path / "run",
        tmp_path / "whole",
    )
    for shards, more in ((first, ("--epochs", "2")), (not first, ("--epochs", "4", "--resume"))):
        size = 2 if shards else 1
        arguments = ["train", net, "--run", str(run), *more, *(["--shard"] if shards else [])]
        launcher.start(tmp_path, size=size, arguments=arguments, often=True)
        assert launcher.end() == [0] * size, said(tmp_path)
        assert read_record(run).processes == Processes(count=size, shard=shards)
    launcher.start(tmp_path, size=1, arguments=["train", net, "--run", str(whole), "--epochs", "4"])
    assert launcher.end() == [0]
    same_losses(run, whole)
    assert read_run(run).state == "done"
    for name in ("best.safetensors", "last/weights.safetensors", "last/optimizer.safetensors"):
        assert read_header(run / name) == read_header(whole / name)
        theirs = load_file(whole / name)
        for key, tensor in load_file(run / name).items():
            close(tensor, theirs[key])


def shared() -> Project:
    """A recipe that looks at whole tensors."""
    return tiny(optimizer="Adafactor")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (guarded, "which cannot be done with --shard: switch it off"),
        (overlaps, "begins to train in a later epoch"),
        (shared, "looks at whole tensors"),
    ],
)
def test_what_cannot_be_divided_is_refused_with_a_way_out(make: Callable[[], Project], words: str) -> None:
    with pytest.raises(ValueError, match="train it without --shard") as refused:
        sharding.check(make())
    assert words in str(refused.value)
    sharding.check(short())


def test_one_process_has_nobody_to_share_with() -> None:
    with pytest.raises(ValueError, match="start several with torchrun"), ProcessRank().joined(short(), True):
        pass


def test_a_layer_with_statistics_ends_the_run_with_words(launcher: Launcher, tmp_path: Path) -> None:
    net = saved(normalized(), tmp_path)
    launcher.start(tmp_path, arguments=["train", net, "--run", str(tmp_path / "run"), "--shard"])
    assert 0 not in launcher.end()
    assert "batch normalization would keep other statistics in each process with --shard" in said(tmp_path)


@pytest.mark.parametrize("shard", [False, True], ids=["copied", "divided"])
def test_joint_batch_normalization_is_that_of_one_process(shard: bool, launcher: Launcher, tmp_path: Path) -> None:
    ours = launcher.train(tmp_path, cases=["normalized_sgd"], shard=shard, joint=True)["normalized_sgd"]
    one = told(normalized_sgd())
    trained_alike(ours, one)
    for here, there in zip(ours["buffers"], one["buffers"], strict=True):
        close(here, there)


class Divided(Exception):
    """The network was to be divided, which is as far as this goes."""


def test_network_is_on_the_cpu_until_it_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit the device whole must never be there whole. No GPU is needed: a network on the CPU is moved to none."""
    gpu, seen = torch.device("cuda:0"), []

    def shard(model: Model, device: torch.device, size: int) -> None:
        seen.append(({tensor.device.type for tensor in model.objective.state_dict().values()}, device, size))
        raise Divided

    monkeypatch.setattr(sharding, "shard", shard)
    members = [Member(rank, "here", rank) for rank in (0, 1)]
    group = JoinedProcesses(members, 0, gpu, 0, lambda told, error: told, shards=True, joint=True)
    project = normalized()
    data, place = load(project.data), devices.place("cpu", 1)
    machine = Machine(settings(recipe_of_run(project.recipe)), place, lambda event: None, group)
    machine.device = gpu
    model = compile_network(project, infer(project, None, data.fields), data, machine)
    sampler: Any = None  # nothing is drawn before
    with pytest.raises(Divided):
        build_parts(model, data, place, machine, sampler)
    assert seen == [({"cpu"}, gpu, 2)]
