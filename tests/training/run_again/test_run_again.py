"""A run again: to the bit or where it departs first; branches from checkpoints; what sets two runs apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.training.by_hand import EACH, EPOCHS, tiny
from visualnet.core.project import Project
from visualnet.core.storage.project_file import save
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.checkpoints import read_state, weights
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.run_again.branch import branch, list_checkpoints, run_again
from visualnet.training.run_again.difference import find_run_difference
from visualnet.training.run_again.told_values import read_told
from visualnet.training.run_again.verify import verify
from visualnet.training.run_records.begin import begin_run
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import write_record
from visualnet.training.runs.run_model import LOG, PROJECT, read_project
from visualnet.training.transfer.weight_files import read_weights


def train(project: Project, folder: Path, stop_at: int | None = None, resume: bool = False) -> Session:
    control = Control()

    def emit(event: events.Event) -> None:
        if isinstance(event, events.EpochDone) and event.epoch == stop_at:
            control.stop()

    session = Session(project, load(project.data), emit, control, folder=folder, resume=resume, threads=1)
    session.run()
    return session


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = begin_run(tiny(), tmp_path / "runs" / "first")
    train(tiny(), folder)
    return folder


def test_a_run_again_is_the_same_to_the_bit(kept: Path) -> None:
    shares: list[float] = []
    verdict = verify(kept, tell=shares.append)
    assert verdict.equal and verdict.weights and (verdict.steps, verdict.epochs) == (EPOCHS * EACH, EPOCHS)
    assert not verdict.surroundings and "the same to the bit, and so are the weights" in verdict.describe()
    assert shares[-1] == 1.0 and shares == sorted(shares)


def test_it_tells_the_first_step_that_departs_and_what_differs(kept: Path) -> None:
    lines = (kept / LOG).read_bytes().splitlines(keepends=True)
    told = read_told(kept)
    wanted = 7
    was = told.steps["loss"][wanted - 1]
    changed = [
        line.replace(repr(was).encode(), repr(was * 1.0001).encode()) if b'"steps"' in line else line for line in lines
    ]
    (kept / LOG).write_bytes(b"".join(changed))
    record = read_record(kept)
    write_record(kept, replace(record, versions={**record.versions, "torch": "1.0"}))
    verdict = verify(kept)
    assert not verdict.equal and verdict.departure is not None
    first = verdict.departure
    assert (first.name, first.step, first.epoch, first.now) == ("loss", wanted, 2, was)
    assert verdict.surroundings["version of torch"][0] == "1.0" and "step 7 (epoch 2)" in verdict.describe()


def test_other_seeds_depart_at_once_and_a_stopped_run_is_compared_as_far_as_it_went(tmp_path: Path) -> None:
    folder = begin_run(tiny(), tmp_path / "run")
    train(tiny(), folder, stop_at=2)
    verdict = verify(folder)
    assert verdict.equal and verdict.weights is None
    assert verdict.steps == read_told(folder).last_step >= 2 * EACH
    save(folder / PROJECT, tiny(seed=3))
    other = verify(folder).departure
    assert other is not None and other.step == 1


def test_what_cannot_be_trained_again_says_so(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no run"):
        verify(tmp_path)
    control = Control()
    control.stop()
    assert verify(kept, control).stopped
    (kept / PROJECT).unlink()
    with pytest.raises(ValueError, match="cannot be trained again"):
        verify(kept)


def test_the_same_run_once_more_remembers_of_which(kept: Path, tmp_path: Path) -> None:
    again = run_again(kept, tmp_path / "again")
    train(tiny(), again)
    record = read_record(again)
    assert record.origin is not None and (record.origin.kind, record.origin.run) == ("again", "first")
    assert read_told(again).steps == read_told(kept).steps


def test_a_branch_with_the_optimizers_state_goes_on_to_the_same_bits(kept: Path, tmp_path: Path) -> None:
    half = begin_run(tiny(), tmp_path / "runs" / "half")
    train(tiny(), half, stop_at=2)
    made = branch(half, "last", into=tmp_path / "branch", optimizer=True)
    project = read_project(made)
    assert project is not None
    train(project, made, resume=True)
    whole, gone_on = read_told(kept), read_told(made)
    assert gone_on.steps == whole.steps and gone_on.epochs == whole.epochs
    origin = read_record(made).origin
    assert origin is not None and (origin.kind, origin.checkpoint, origin.step, origin.optimizer) == (
        "branch",
        "last",
        read_state(half / "last").step,
        True,
    )
    assert read_record(half).epochs == 2 and read_record(made).epochs == EPOCHS


def test_a_branch_from_an_earlier_checkpoint_forgets_what_came_after(kept: Path, tmp_path: Path) -> None:
    assert list_checkpoints(kept) == ("best", "last", "before-last") or list_checkpoints(kept) == ("best", "last")
    with pytest.raises(ValueError, match="only the weights"):
        branch(kept, "best", optimizer=True)
    with pytest.raises(ValueError, match="has no checkpoint “nothing”"):
        branch(kept, "nothing")
    half = begin_run(tiny(), tmp_path / "half")
    train(tiny(), half, stop_at=1)
    train(tiny(), half, resume=True)
    step = read_state(half / "before-last").step
    made = branch(half, "before-last", into=tmp_path / "early", optimizer=True)
    assert read_told(made).last_step == step < read_told(half).last_step


def test_a_branch_with_weights_alone_begins_with_them_at_step_nought(kept: Path, tmp_path: Path) -> None:
    made = branch(kept, "best", into=tmp_path / "fine", project=tiny(lr=0.0, optimizer="SGD", epochs=1))
    project = read_project(made)
    assert project is not None and project.recipe.start_from.startswith("weights/")
    session = train(project, made)
    assert session.model is not None
    began = read_weights(kept / "best.safetensors")
    now = weights(session.model.net)
    assert all(bool((now[name] == tensor).all()) for name, tensor in began.items())
    origin = read_record(made).origin
    assert origin is not None and origin.checkpoint == "best" and not origin.optimizer


def test_what_sets_two_runs_apart(kept: Path, tmp_path: Path) -> None:
    other = tiny(lr=0.5, seed=1)
    graph = other.graph
    wide = {"out_features": 16}
    wider = {i: replace(n, params=wide) if n.params.get("out_features") == 8 else n for i, n in graph.nodes.items()}
    other = replace(other, graph=replace(graph, nodes=wider))
    folder = begin_run(other, tmp_path / "second")
    train(other, folder)
    found = find_run_difference(kept, folder)
    assert {pair.what for pair in found.recipe} == {"lr", "seed"} and not found.data
    assert found.network is not None and any("out_features" in line for line in found.network)
    assert any(pair.what == "best loss" for pair in found.outcome)
    assert "lr: 0.001 → 0.5" in found.describe()
    same = find_run_difference(kept, kept)
    assert same.describe() == "no difference" and not same.sections()


def test_the_verbs_list_and_verify(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from visualnet.cli.main import main

    place = str(tmp_path / "runs")
    assert main(["runs", "--dir", place, "--filter", "lr=0.001 state:done", "--columns", "id,epochs"]) == 0
    assert capsys.readouterr().out.split() == ["id", "epochs", "first", str(EPOCHS)]
    assert main(["runs", "--dir", place, "--filter", "lrr<1"]) == 2
    assert "no run here has “lrr”; there is lr" in capsys.readouterr().err
    assert main(["verify", str(kept), "--json"]) == 0
    assert '"equal": true' in capsys.readouterr().out
    assert main(["runs", "--difference", str(kept), str(kept)]) == 0
    assert capsys.readouterr().out == "no difference\n"
    assert main(["verify", str(tmp_path)]) == 2
