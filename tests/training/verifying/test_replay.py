"""A run trained again: the same bits, the step at which one was changed, and why it cannot be where something is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.training.changed_run import train_changed
from tests.training.nets import small
from visualnet.core.project import Project
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs.run_changes import network_folder
from visualnet.training.runs.run_model import read_run
from visualnet.training.verifying.replay import verify_run


def keep(project: Project, folder: Path, control: Control | None = None, hear: Any = lambda event: None) -> Path:
    begin_run(project, folder)
    assert Session(project, load(project.data), hear, control, folder=folder).run() in ("done", "stopped")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(small(epochs=3), tmp_path_factory.mktemp("runs") / "run")


def change_line(folder: Path, at: int, change: Any) -> int:
    """Change the values of the steps event that holds the step ``at``."""
    log = folder / "events.jsonl"
    lines = log.read_text().splitlines()
    for number, line in enumerate(lines):
        told = json.loads(line)
        if told["event"] == "steps" and told["step"] - len(told["values"]["loss"]) < at <= told["step"]:
            change(told["values"]["loss"], at - told["step"] - 1)
            lines[number] = json.dumps(told)
    log.write_text("\n".join(lines) + "\n")
    return at


def copy(run: Path, to: Path) -> Path:
    import shutil

    shutil.copytree(run, to)
    return to


def test_a_run_gives_the_same_bits_again(run: Path) -> None:
    before = sorted(run.rglob("*"))
    shares: list[float] = []
    found = verify_run(run, shares.append)
    assert found.kind == "equal"
    assert found.comparison is not None
    assert found.comparison.epochs == 3
    assert found.comparison.steps == found.comparison.kept_to > 0
    assert found.differs == ()
    assert found.describe().endswith("3 epochs. So are the weights of the best epoch and of the end.")
    assert sorted(run.rglob("*")) == before
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_one_bit_in_the_record_is_found(run: Path, tmp_path: Path) -> None:
    import math

    folder = copy(run, tmp_path / "run")

    def nudge(losses: list[float], at: int) -> None:
        losses[at] = math.nextafter(losses[at], math.inf)

    at = change_line(folder, 17, nudge)
    record = json.loads((folder / "record.json").read_text())
    record["versions"]["numpy"] = "1.0.0"
    (folder / "record.json").write_text(json.dumps(record))
    found = verify_run(folder)
    assert found.kind == "departs"
    assert found.comparison is not None
    assert found.comparison.departure is not None
    assert (found.comparison.departure.step, found.comparison.departure.name) == (at, "loss")
    assert "numpy 1.0.0 there" in found.describe()
    assert found.as_data()["departure"]["step"] == at


def test_settings_that_were_changed_are_changed_again(tmp_path: Path) -> None:
    control = Control()
    asked: list[int] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.EpochDone) and not asked:
            asked.append(event.step)
            control.change({Setting("lr"): 0.05})

    folder = keep(small(epochs=3, lr=0.01), tmp_path / "run", control, hear)
    assert verify_run(folder).kind == "equal"


def test_a_stopped_run_is_followed_to_where_it_was_stopped(tmp_path: Path) -> None:
    control = Control()

    def hear(event: events.Event) -> None:
        if isinstance(event, events.EpochDone) and event.epoch == 2:
            control.stop()

    folder = keep(small(epochs=50), tmp_path / "run", control, hear)
    found = verify_run(folder)
    assert found.kind == "equal"
    assert found.comparison is not None
    assert found.comparison.epochs == 2
    assert found.comparison.again_to == found.comparison.kept_to == read_run(folder).step, "it ends at the same step"
    assert found.weights == ("of the best epoch", "of the end")


@pytest.mark.parametrize("settings", [False, True], ids=["the network alone", "settings too"])
def test_a_run_whose_network_was_changed_is_followed_to_there(settings: bool, tmp_path: Path) -> None:
    train_changed(tmp_path / "run", settings=settings)
    changed = read_run(tmp_path / "run").networks[0]
    found = verify_run(tmp_path / "run")
    assert found.kind == "equal"
    assert found.comparison is not None
    assert found.comparison.steps == found.comparison.again_to == changed.step
    words = f"Equal to the last bit up to step {changed.step:,}, where another network took its place; what follows is not compared."
    assert found.describe() == f"{words} So are the weights of the best epoch."

    def nudge(losses: list[float], at: int) -> None:
        losses[at] += 1.0

    change_line(tmp_path / "run", changed.step + 1, nudge)
    assert verify_run(tmp_path / "run").kind == "equal", "what follows is not compared"
    change_line(tmp_path / "run", changed.step, nudge)
    found = verify_run(tmp_path / "run")
    assert found.kind == "departs"
    assert found.comparison is not None
    assert found.comparison.departure is not None
    assert found.comparison.departure.step == changed.step


def test_without_the_network_that_it_began_with_it_says_so(tmp_path: Path) -> None:
    train_changed(tmp_path / "run")
    (network_folder(tmp_path / "run", 0) / "project.vnet").unlink()
    found = verify_run(tmp_path / "run")
    assert found.kind == "cannot"
    assert "the network that the run trained first cannot be read" in found.words


@pytest.mark.parametrize(("file", "which"), [("best.safetensors", "best epoch"), ("last/weights.safetensors", "end")])
def test_one_bit_of_the_kept_weights_is_found(file: str, which: str, run: Path, tmp_path: Path) -> None:
    folder = copy(run, tmp_path / "run")
    data = bytearray((folder / file).read_bytes())
    data[-2] ^= 8
    (folder / file).write_bytes(data)
    found = verify_run(folder)
    assert found.kind == "departs"
    assert found.comparison is not None
    assert found.comparison.equal, "of the losses all are equal"
    assert f"The kept weights of the {which} (" in found.words
    assert "in 1 of 4 tensors: linear_4.weight." in found.words
    (folder / file).write_bytes(data[:100])
    assert f"The weights of the {which} (" in verify_run(folder).words


def test_one_bit_of_the_kept_average_is_found(tmp_path: Path) -> None:
    project = small(epochs=2)
    project = replace(project, recipe=replace(project.recipe, options={"ema_decay": 0.9}))
    folder = keep(project, tmp_path / "run")
    assert (
        verify_run(folder).describe().endswith("So are the weights of the best epoch, of the end and of their average.")
    )
    file = folder / "average.safetensors"
    data = bytearray(file.read_bytes())
    data[-2] ^= 8
    file.write_bytes(data)
    found = verify_run(folder)
    assert found.kind == "departs"
    assert found.comparison is not None and found.comparison.equal
    assert "The kept weights of the average at the end are others than those trained now" in found.words


def test_of_several_processes_one_cannot_be_equal_and_it_says_what_can(run: Path, tmp_path: Path) -> None:
    folder = copy(run, tmp_path / "run")
    lines = (folder / "events.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    assert first.pop("processes") == {}
    first["processes"] = {"count": 4, "hosts": 2, "sync_batchnorm": True}
    (folder / "events.jsonl").write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n")
    shares: list[float] = []
    found = verify_run(folder, shares.append)
    assert found.kind == "cannot"
    assert "4 processes on 2 machines" in found.words
    assert "torchrun --nnodes 2 --nproc-per-node 2 -m visualnet train PROJECT --sync-batchnorm" in found.words
    assert not shares, "nothing is trained in vain"


def test_who_cancels_hears_of_it_and_training_ends(run: Path) -> None:
    class Enough(Exception):
        pass

    def check(share: float) -> None:
        if share > 0.2:
            raise Enough

    with pytest.raises(Enough):
        verify_run(run, check)


def test_without_its_data_it_says_so(tmp_path: Path) -> None:
    rows = ["size,kind", *(f"{n % 7 + n % 2 * 9},{'ab'[n % 2]}" for n in range(60))]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    folder = keep(table(tmp_path / "t.csv"), tmp_path / "run")
    assert verify_run(folder).kind == "equal"
    (tmp_path / "t.csv").write_text("\n".join([*rows[:-1], "99,b"]))
    found = verify_run(folder)
    assert found.kind == "cannot"
    (tmp_path / "t.csv").unlink()
    found = verify_run(folder)
    assert found.kind == "cannot"
    assert "data" in found.words


def table(path: Path) -> Project:
    from tests.training.test_tables import linear_layers

    data, _ = choose("table", path, {})
    return linear_layers(data, 2, epochs=3, batch_size=8)


def test_what_is_no_run_or_began_from_weights_that_are_gone(tmp_path: Path) -> None:
    assert verify_run(tmp_path).kind == "cannot"
    folder = keep(small(epochs=1), tmp_path / "run")
    project = small(epochs=1)
    from visualnet.core.storage import project_file

    project_file.save(
        folder / "project.vnet", replace(project, recipe=replace(project.recipe, start_from="weights/gone"))
    )
    found = verify_run(folder)
    assert found.kind == "cannot"
    assert "weights/gone" in found.words or "gone" in found.words
