"""The trained weights that come with the program: whole, of their templates, as good as is said of them, and seen before any training."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.data.tensors import Tensors
from visualnet.resources import resource
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.control import ProbeRequest
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion
from visualnet.training.loop.metrics import Tally
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel
from visualnet.training.transfer.initial_weights import find_weights, preview, refer_to, start_from
from visualnet.training.transfer.shipped import PretrainedWeights, shipped_for, shipped_weights

EVERY = {shipped.name: shipped for shipped in shipped_weights()}


def template(name: str) -> Project:
    return project_file.load(resource("templates", f"{name}.vnet"))


def test_a_dozen_come_along_in_a_few_mb_and_no_file_without_an_entry() -> None:
    files = {path.stem: path.stat().st_size for path in resource("trained").glob("*.safetensors")}
    assert files.keys() == EVERY.keys() and len(files) >= 10
    assert sum(files.values()) < 7_000_000


@pytest.mark.parametrize("shipped", EVERY.values(), ids=list(EVERY))
def test_they_fit_their_template_whole_and_are_finite(shipped: PretrainedWeights) -> None:
    table = preview(template(shipped.name), find_weights(shipped.reference))
    assert len(table.taken) == len(table.matches) and not table.unused, table.summary
    assert shipped_for(template(shipped.name)) == shipped
    assert {match.words for match in table.matches} == {"same name"}


@pytest.mark.parametrize("name", ["perceptron-points", "mlp-mnist", "lenet5", "textcnn-small"])
def test_they_reach_what_is_said_of_them(name: str) -> None:
    """Measured anew on the validation set."""
    shipped, project = EVERY[name], template(name)
    data = load(project.data)
    model = compile_project(project, infer(project, None, data.fields), seed=project.recipe.seed)
    start_from(shipped.reference, model.net)
    tally, tensors = Tally(model, torch.device("cpu")), Tensors(data, model.fields, torch.device("cpu"))
    sums = tally.fresh()
    model.trial.eval()
    with torch.no_grad():
        for at in range(0, len(data.validation), 100):
            batch = tensors.batch(torch.from_numpy(data.validation[at : at + 100]))
            sums.add(model.trial(*batch), len(batch[0]))
    assert sums.means() == pytest.approx(dict(shipped.validation), rel=1e-3)


@pytest.mark.wide
def test_a_training_begins_from_them_and_without_them_as_ever() -> None:
    project = edits.set_recipe(template("lenet5"), epochs=1, start_from="trained/lenet5")
    model = RunModel()
    assert Session(project, load(project.data), model.consume, threads=1).run() == "done"
    assert model.steps["loss"].values[:5].mean() < 0.5 < 2 < _first_loss(template("lenet5"))


def _first_loss(project: Project) -> float:
    model = RunModel()
    project = edits.set_recipe(project, epochs=1)
    Session(project, load(project.data), model.consume, threads=1).run()
    return float(model.steps["loss"].values[0])


def test_a_network_is_looked_into_with_the_weights_that_its_recipe_begins_with() -> None:
    probe = IdleProbe()

    def look(project: Project) -> tuple[bool, str, bool]:
        analysis = infer(project, None, load(project.data).fields)
        node = project.graph.named("logits")
        request = ProbeRequest((((node.id,), "y"),), 0, 0.05, False)
        result = probe(ProbeQuestion(1, project, analysis, request))
        assert result.seen is not None
        truth = int(result.seen.fields["label"])
        return result.trained, result.words, int(result.seen.arrays[((node.id,), "y")].argmax()) == truth

    fresh = template("lenet5")
    assert look(fresh)[:2] == (False, "")
    assert look(edits.set_recipe(fresh, start_from="trained/lenet5")) == (True, "", True)
    wider = edits.set_params(fresh, "", [fresh.graph.named("fc2").id], {"out_features": 90})
    trained, words, _ = look(edits.set_recipe(wider, start_from="trained/lenet5"))
    assert not trained and words == "A part of the weights is fresh."
    trained, words, _ = look(edits.set_recipe(fresh, start_from="runs/gone/best"))
    assert not trained and "These are fresh weights" in words and "gone" in words


def test_a_name_that_does_not_come_along_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no trained weights of “lenet6” come with this program"):
        find_weights("trained/lenet6")
    assert refer_to(Path("trained/lenet5")) == "trained/lenet5"
    for name in ("trained/../notes/x", "trained/..", "trained/", "trained/a b"):
        text = project_file.dumps(template("lenet5")).replace(
            b'"lr": ', b'"start_from": "' + name.encode() + b'", "lr": '
        )
        with pytest.raises(FileError, match="never a path"):
            project_file.loads(text)
