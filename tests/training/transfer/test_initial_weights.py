"""A training that begins from other weights: which they are, what is taken over, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.graphs import graph
from tests.training.nets import lenet
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import runs_dir, weights_dir
from visualnet.core.storage.project_file import FileError
from visualnet.data.loading import load
from visualnet.training import checkpoints
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.console import TrainOptions
from visualnet.training.console import train as train_on_console
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel
from visualnet.training.transfer.initial_weights import find_weights, match_network, preview, refer_to, start_from
from visualnet.training.transfer.weight_files import read_weights


def start(project: Project, reference: str) -> Project:
    return edits.set_recipe(project, start_from=reference)


def weights_of(project: Project, seed: int) -> dict[str, torch.Tensor]:
    return {k: v.clone() for k, v in checkpoints.weights(compile_project(project, seed=seed).net).items()}


def first_weights(project: Project, folder: Path) -> dict[str, torch.Tensor]:
    """What a session trains from: it is stopped before its first step is over."""
    control, told = Control(), RunModel("test", folder)
    session = Session(project, load(project.data), told.consume, control, folder=folder)
    loop = session._set_up(told.consume)
    return checkpoints.weights(loop.network.net)


def test_a_run_begins_from_another_one_to_the_bit(tmp_path: Path) -> None:
    project = lenet()
    earlier = runs_dir() / "earlier"
    (earlier / "last").mkdir(parents=True)
    kept = {"best": weights_of(project, 5), "last": weights_of(project, 6)}
    save_file(kept["best"], earlier / "best.safetensors")
    save_file(kept["last"], earlier / "last" / "weights.safetensors")
    for which, wanted in kept.items():
        reference = refer_to(earlier / which)
        assert reference == f"runs/earlier/{which}"
        found = first_weights(start(project, reference), tmp_path / which)
        assert all(torch.equal(found[name], tensor) for name, tensor in wanted.items())
    assert refer_to(earlier) == "runs/earlier/best"
    plain = first_weights(project, tmp_path / "plain")
    assert all(torch.equal(plain[name], tensor) for name, tensor in weights_of(project, project.recipe.seed).items())


def test_a_head_for_other_classes_begins_fresh(tmp_path: Path) -> None:
    project = lenet()
    file = weights_of(project, 5)
    head = [name for name in file if file[name].shape[0] == 10]
    torch.save({"state_dict": file | {k: torch.zeros(7) for k in head}}, tmp_path / "net.pt")
    reference = refer_to(tmp_path / "net.pt")
    assert reference.startswith("weights/net-")
    found = first_weights(start(project, reference), tmp_path / "run")
    fresh = weights_of(project, project.recipe.seed)
    assert head and all(torch.equal(found[name], (fresh if name in head else file)[name]) for name in file)


def test_numbers_that_are_not_finite_are_not_taken_over() -> None:
    project = lenet()
    file = weights_of(project, 5)
    name = next(iter(file))
    file[name].view(-1)[3] = float("nan")
    save_file(file, weights_dir() / "odd.safetensors")
    net = compile_project(project, seed=0).net
    table = start_from("weights/odd", net)
    assert name not in table.taken and len(table.taken) == len(file) - 1
    assert all(bool(t.isfinite().all()) for t in checkpoints.weights(net).values())


def test_the_preview_lists_what_a_training_takes_over(tmp_path: Path) -> None:
    """Also layers of one shape, of which nothing is drawn: without numbers, all of them would be the same tensor."""
    nodes = [("x", "input", {"size": (4, 8, 8)})]
    nodes += [
        ("one", "conv2d", {"out_channels": 4}),
        ("norm", "batch_norm2d", {}),
        ("two", "conv2d", {"out_channels": 4}),
    ]
    nodes += [("tied", "conv2d", {"out_channels": 4}), ("y", "output", {})]
    wires = ["x.x -> one.image", "one.features -> norm.image", "norm.features -> two.image"]
    wires += ["two.features -> tied.image", "tied.features -> y.x"]
    project = Project(graph=graph(nodes, wires, tied={"shares": "n2"}))
    save_file(weights_of(project, 3), tmp_path / "w.safetensors")
    drawn = torch.default_generator.get_state()
    seen = preview(project, tmp_path / "w.safetensors")
    assert torch.equal(torch.default_generator.get_state(), drawn), "a training that runs meanwhile is not disturbed"
    taken = match_network(compile_project(project, seed=0).net, read_weights(tmp_path / "w.safetensors"))
    assert seen == taken and len(seen.taken) == len(weights_of(project, 3)) == 9


def test_what_cannot_be_begun_from_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    project = lenet()
    before = checkpoints.weights(compile_project(project, seed=0).net)
    save_file({"x": torch.zeros(3)}, weights_dir() / "other.safetensors")
    for reference, words in (
        ("weights/gone", "not on this machine"),
        ("weights/other", "of another network"),
        ("runs/x/best", "has no best"),
    ):
        net = compile_project(project, seed=0).net
        with pytest.raises(BadCheckpoint, match=words):
            start_from(reference, net)
        assert all(torch.equal(t, before[n]) for n, t in checkpoints.weights(net).items())
        told = RunModel("test", tmp_path)
        assert Session(start(project, reference), load(project.data), told.consume).run() == "failed"
        assert told.failed is not None and words in told.failed.words
    with pytest.raises(BadCheckpoint, match="is no run with kept weights"):
        refer_to(tmp_path)


@pytest.mark.wide
def test_what_goes_on_does_not_begin_again(tmp_path: Path) -> None:
    """A run that is gone on with has its own weights: what it once began from may be gone."""
    project = lenet(epochs=1)
    save_file(weights_of(project, 5), weights_dir() / "mine.safetensors")
    project = start(project, "weights/mine")
    told = RunModel("test", tmp_path)
    assert Session(project, load(project.data), told.consume, folder=tmp_path).run() == "done"
    (weights_dir() / "mine.safetensors").unlink()
    more = edits.set_recipe(project, epochs=2)
    assert Session(more, load(more.data), told.consume, folder=tmp_path, resume=True).run() == "done"


@pytest.mark.parametrize(
    "reference", ["/etc/passwd", "weights/../x", "weights/..", "runs/../best", "runs/a/b/best", "runs/a", "C:\\x"]
)
def test_a_project_file_names_no_path(reference: str) -> None:
    whole = project_file.dumps(start(lenet(), "weights/fine")).decode()
    assert project_file.loads(whole.encode()).recipe.start_from == "weights/fine"
    with pytest.raises(FileError, match="never a path"):
        project_file.loads(whole.replace("weights/fine", reference.replace("\\", "\\\\")).encode())
    with pytest.raises(ValueError, match="never a path"):
        start(lenet(), reference)


def test_the_command_line_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = lenet(epochs=1)
    file = weights_of(project, 5)
    other = {f"net.{name}": tensor for name, tensor in file.items()}
    save_file(other, tmp_path / "given.safetensors")
    run = tmp_path / "run"
    assert train_on_console(project, TrainOptions(run=run, start_from=tmp_path / "given.safetensors")) == 0
    told = capsys.readouterr().out
    first = next(iter(file))
    assert (
        f"from net.{first}, same shape and order" in told and f"{len(file)} of {len(file)} tensors taken over" in told
    )
    kept = project_file.load(run / "project.vnet").recipe.start_from
    assert kept.startswith("weights/given-") and load_file(find_weights(kept)).keys() == other.keys()
    assert train_on_console(project, TrainOptions(run=tmp_path / "no", start_from=tmp_path / "gone.pt")) == 2
    assert "cannot be read" in capsys.readouterr().err and not (tmp_path / "no").exists()
