"""A run once more, branches from its checkpoints, and what sets two runs apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.training.by_hand import EPOCHS, tiny
from tests.training.changed_run import WIDTHS, hidden, train_changed
from visualnet.core.graph import Graph
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.checkpoints import read_state, weights
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.run_again.branch import branch, list_checkpoints, run_again
from visualnet.training.run_again.difference import find_run_difference
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.from_log import of_project, read_record
from visualnet.training.run_records.origins import describe_origin
from visualnet.training.run_records.record import Origin, write_record
from visualnet.training.runs.run_changes import project_of_run
from visualnet.training.runs.run_model import LOG, read_project, read_run
from visualnet.training.transfer.initial_weights import find_weights
from visualnet.training.transfer.weight_files import read_weights
from visualnet.training.verifying.comparing import compare


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


def test_the_same_run_once_more_remembers_of_which(kept: Path, tmp_path: Path) -> None:
    again = run_again(kept, tmp_path / "again")
    train(tiny(), again)
    record = read_record(again)
    assert record.origin is not None and (record.origin.kind, record.origin.run) == ("again", "first")
    assert compare(read_run(kept), read_run(again)).equal


def test_a_run_that_was_changed_begins_again_as_it_began(tmp_path: Path) -> None:
    begun = train_changed(tmp_path / "run")
    kept = read_project(tmp_path / "run")
    assert kept is not None and kept.graph != begun.graph and kept.recipe != begun.recipe, "as it is trained now"
    again = read_project(run_again(tmp_path / "run", tmp_path / "again"))
    assert again is not None
    assert (again.graph, again.recipe, again.data) == (begun.graph, begun.recipe, begun.data)


def width(project: Project | None) -> object:
    assert project is not None
    return project.graph.nodes[hidden(project)].params["out_features"]


def test_best_weights_of_earlier_networks_are_branched_from_with_their_network(tmp_path: Path) -> None:
    run = tmp_path / "run"
    begun = train_changed(run, changes=2)
    assert [name for name in list_checkpoints(run) if name.startswith("network")] == ["network-0", "network-1"]
    for at, name in enumerate(("network-0", "network-1", "best")):
        made = branch(run, name, into=tmp_path / name)
        project = read_project(made)
        assert project is not None and width(project) == WIDTHS[at], "with the network of these weights"
        assert project.recipe == replace(begun.recipe, start_from=project.recipe.start_from)
        still = replace(project, recipe=replace(project.recipe, lr=0.0, optimizer="SGD", epochs=1))
        session = train(still, made)
        assert session.model is not None
        file = run / ("best.safetensors" if name == "best" else f"{name}/best.safetensors")
        now = weights(session.model.net)
        assert all(bool((now[key] == tensor).all()) for key, tensor in read_weights(file).items())
        origin = read_record(made).origin
        assert origin is not None and origin.checkpoint == name
    words = describe_origin(Origin(kind="branch", run="run", checkpoint="network-0"))
    assert words == "branch of run: weights of its best epoch before its network was changed"
    with pytest.raises(ValueError, match="only the weights"):
        branch(run, "network-0", optimizer=True)
    with pytest.raises(ValueError, match="has no checkpoint “network-2”"):
        branch(run, "network-2")


def test_weights_that_were_kept_after_an_epoch_are_branched_from(tmp_path: Path) -> None:
    begun = replace(tiny(), recipe=replace(tiny().recipe, options={**tiny().recipe.options, "keep_every": 1}))
    run = begin_run(begun, tmp_path / "run")
    train(begun, run)
    epochs = [name for name in list_checkpoints(run) if name.startswith("epoch")]
    assert epochs == [f"epoch-{epoch}" for epoch in range(EPOCHS, 0, -1)]
    made = branch(run, "epoch-1", into=tmp_path / "branch")
    project, origin = read_project(made), read_record(made).origin
    assert project is not None and project.recipe.start_from.startswith("weights/")
    copied = read_weights(find_weights(project.recipe.start_from))
    kept = read_weights(run / "epoch-1.safetensors")
    assert copied.keys() == kept.keys() and all(bool((copied[key] == one).all()) for key, one in kept.items())
    assert origin is not None and (origin.checkpoint, origin.epoch) == ("epoch-1", 1)
    assert describe_origin(origin) == "branch of run: weights of its epoch 1"
    with pytest.raises(ValueError, match="only the weights"):
        branch(run, "epoch-1", optimizer=True)


def test_of_a_changed_run_only_epochs_of_its_present_network_are_offered(tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_changed(run)
    changed = read_run(run).networks[-1].epoch
    for epoch in (changed, changed + 1):
        (run / f"epoch-{epoch}.safetensors").write_bytes((run / "best.safetensors").read_bytes())
    assert [name for name in list_checkpoints(run) if name.startswith("epoch")] == [f"epoch-{changed + 1}"]


def test_a_branch_of_a_changed_run_goes_on_with_all_of_its_networks(tmp_path: Path) -> None:
    run = tmp_path / "run"
    begun = train_changed(run)
    made = branch(run, "last", into=tmp_path / "branch", optimizer=True)
    project = read_project(made)
    assert project is not None and width(project) == WIDTHS[1]
    assert project_of_run(made).graph == begun.graph
    longer = replace(project, recipe=replace(project.recipe, epochs=EPOCHS + 2))
    train(longer, made, resume=True)
    ours, theirs = read_run(made), read_run(run)
    assert ours.epochs_done == EPOCHS + 2 and not ours.troubles
    assert compare(theirs, ours, theirs.step).equal and len(ours.networks) == 1
    train(replace(longer, graph=theirs_graph(run)), run, resume=True)
    assert compare(read_run(run), ours).equal, "as the run itself would have gone on"


def theirs_graph(run: Path) -> Graph:
    project = read_project(run)
    assert project is not None
    return project.graph


def test_a_branch_with_the_optimizers_state_goes_on_to_the_same_bits(kept: Path, tmp_path: Path) -> None:
    half = begin_run(tiny(), tmp_path / "runs" / "half")
    train(tiny(), half, stop_at=2)
    made = branch(half, "last", into=tmp_path / "branch", optimizer=True)
    project = read_project(made)
    assert project is not None
    train(project, made, resume=True)
    assert compare(read_run(kept), read_run(made)).equal
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
    assert read_run(made).step == step < read_run(half).step


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


@pytest.mark.parametrize(
    ("start_from", "origin", "words"),
    [
        ("", None, ""),
        (
            "runs/first/best",
            Origin(kind="branch", run="first", checkpoint="best"),
            "branch of first: weights of its best epoch",
        ),
        ("weights/resnet", Origin(kind="weights", run="resnet"), "begins with the weights resnet"),
    ],
)
def test_a_run_remembers_what_its_recipe_began_from(
    tmp_path: Path, start_from: str, origin: Origin | None, words: str
) -> None:
    folder = begin_run(tiny(start_from=start_from), tmp_path / "run")
    (folder / LOG).write_bytes(b"")
    record = read_record(folder)
    assert record.origin == origin
    write_record(folder, record)
    assert read_record(folder).origin == origin
    assert (describe_origin(record.origin) if record.origin is not None else "") == words


def test_where_a_prepared_run_comes_from_is_not_told_anew_by_its_recipe(tmp_path: Path) -> None:
    known = Origin(kind="search", run="s1")
    project = tiny(start_from="runs/first/best")
    folder = begin_run(project, tmp_path / "run", origin=known)
    assert of_project(read_record(folder), project).origin == known
    assert describe_origin(known) == "search s1"


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
    write_record(folder, replace(read_record(folder), processes=events.Processes(count=2, sync_batchnorm=True)))
    (pair,) = (pair for pair in find_run_difference(kept, folder).surroundings if pair.what == "processes")
    assert (pair.first, pair.second) == ("1 process", "2 processes, batch statistics of all")
    same = find_run_difference(kept, kept)
    assert same.describe() == "no difference" and not same.sections()


def test_the_verb_lists_filters_and_compares(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from visualnet.cli.main import main

    place = str(tmp_path / "runs")
    assert main(["runs", "--dir", place, "--filter", "lr=0.001 state:done", "--columns", "id,epochs"]) == 0
    assert capsys.readouterr().out.split() == ["id", "epochs", "first", str(EPOCHS)]
    assert main(["runs", "--dir", place, "--filter", "lrr<1"]) == 2
    assert "no run here has “lrr”; there is lr" in capsys.readouterr().err
    assert main(["runs", "--difference", str(kept), str(kept)]) == 0
    assert capsys.readouterr().out == "no difference\n"
