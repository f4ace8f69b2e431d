"""PyTorch's own torchrun starts all processes again when one dies: the run goes on from its last checkpoint, as the guide says."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.training.by_hand import EACH, tiny
from tests.training.distributed.dying_rank import BATCH, RANK
from tests.training.distributed.launcher import free_port, told
from tests.training.distributed.test_two_processes import close, losses, saved
from tests.training.process_server import NEEDS_FORK, ROOT, environment
from tests.waiting import until
from visualnet.data.loading import load
from visualnet.training.events import Processes
from visualnet.training.loop.session import Session
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.from_log import read_record
from visualnet.training.runs.run_model import LOG, read_run

EPOCHS = 4
PATIENCE_S = 120.0
pytestmark = [NEEDS_FORK, pytest.mark.wide]


class Ended(NamedTuple):
    """What torchrun came to: its exit status and all that was said."""

    status: int
    words: str


def torchrun(folder: Path, module: str, *arguments: str, restarts: int = 3, dying: int = -1) -> Ended:
    """Have torchrun start two processes of ``module``, and again as often as is said, until it has ended."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    options = ["--max-restarts", str(restarts), "--master-port", str(free_port()), "-m", module]
    out, home = folder / "out", {RANK: str(dying), "VISUALNET_HOME": str(folder / "home")}
    with (
        out.open("w") as said,
        subprocess.Popen(
            [*launcher, *options, *arguments],
            cwd=ROOT,
            env={**environment(), **home},
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            status = process.wait(PATIENCE_S)
        finally:
            process.terminate()  # and with it those that it started, should they hang
    return Ended(status, out.read_text())


def begun(run: Path) -> list[int]:
    """The steps from which on a run was trained, each time that its processes were started."""
    lines = map(json.loads, (run / LOG).read_text().splitlines())
    return [line.get("step", 0) for line in lines if line["event"] == "started"]


@pytest.mark.parametrize("rank", [0, 1])
def test_a_rank_that_dies_is_started_again_and_the_run_goes_on(rank: int, tmp_path: Path) -> None:
    """Without a hand: from a checkpoint, to the end, with the losses of a run in which nobody died; by two processes again."""
    project, run = tiny(epochs=EPOCHS), tmp_path / "run"
    net = saved(project, tmp_path)
    ended = torchrun(tmp_path, "tests.training.distributed.dying_rank", "train", net, "--run-dir", str(run), dying=rank)
    assert ended.status == 0, ended.words
    assert ended.words.count(f"failed (exitcode: -9) local_rank: {rank} ") == 1, "it died"
    first, second = begun(run)
    assert first == 0 < second < BATCH <= EACH * EPOCHS
    model, record = read_run(run), read_record(run)
    assert model.state == record.state == "done" and record.processes == Processes(count=2)
    assert len(losses(model)) == EACH * EPOCHS
    close(losses(model), told(project)["losses"])
    assert f"epoch {EPOCHS}/{EPOCHS}" in ended.words and f"from step {second} on" in ended.words


def test_without_restarts_the_run_ends_with_words_and_its_checkpoint(tmp_path: Path) -> None:
    run, net = tmp_path / "run", saved(tiny(epochs=EPOCHS), tmp_path)
    ended = torchrun(
        tmp_path, "tests.training.distributed.dying_rank", "train", net, "--run-dir", str(run), restarts=0, dying=1
    )
    assert ended.status != 0 and begun(run) == [0]
    assert "rank 1 (process " in ended.words and "is gone (killed, or out of memory)" in ended.words
    assert "--resume" in ended.words and (run / "last" / "state.json").is_file()


def test_a_folder_that_was_refused_is_not_taken_by_the_second_start(tmp_path: Path) -> None:
    """A run of somebody else stays as it is, however often torchrun starts the processes."""
    project, run = tiny(epochs=2), begin_run(tiny(epochs=2), tmp_path / "run")
    Session(project, load(project.data), lambda event: None, folder=run, threads=1).run()
    before, net = (run / LOG).read_bytes(), saved(project, tmp_path)
    ended = torchrun(tmp_path, "visualnet", "train", net, "--run-dir", str(run), "--epochs", "4", restarts=1)
    assert "already holds a run: add --resume" in ended.words
    assert ended.status != 0 and (run / LOG).read_bytes() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_who_waits_for_the_others_can_be_ended(number: signal.Signals, tmp_path: Path) -> None:
    """A scheduler that ends a job whose other machine never came is not made to wait, or to kill."""
    port, run, net = free_port(), tmp_path / "run", saved(tiny(epochs=2), tmp_path)
    told = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "1"}
    told |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "VISUALNET_HOME": str(tmp_path / "home")}
    arguments = [sys.executable, "-m", "visualnet", "train", net, "--run-dir", str(run)]
    with subprocess.Popen(arguments, cwd=ROOT, env={**environment(), **told}, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: listens(port), "the store", PATIENCE_S)
            process.send_signal(number)
            assert process.wait(PATIENCE_S) == -number
        finally:
            process.kill()
    assert not (run / LOG).exists()


def listens(port: int) -> bool:
    """Whether the store of the processes answers there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False
