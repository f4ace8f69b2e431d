"""A run judged from its folder: what is kept, what is computed anew, how the test part is counted, and the report of it."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import visualnet as vn
from tests.graphs import graph
from tests.training.evaluation.answers import of_boxes
from visualnet.analysis import infer
from visualnet.cli.common import FINE, UNUSABLE
from visualnet.cli.main import main
from visualnet.compiling.module import compile_project
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.data.registry import fields
from visualnet.figures.colours.masks import lay_over
from visualnet.layers.declaration.spec import Spec
from visualnet.resources import resource
from visualnet.training.checkpoints import load_weights
from visualnet.training.evaluation import evaluation as module
from visualnet.training.evaluation import prediction_files
from visualnet.training.evaluation.answers import find_answers
from visualnet.training.evaluation.evaluation import evaluate
from visualnet.training.evaluation.paired_comparison import pair
from visualnet.training.evaluation.predicting import predict
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.report import write_report
from visualnet.training.evaluation.sample_pictures import contents_of_answer, draw_boxes, pictures_of_answer

SMALL = {"n": 200}


def points(split: tuple[float, float, float] = (0.6, 0.2, 0.2)) -> Project:
    net = vn.Graph("points").set(data="points")
    x = net.input(2, field="point")
    logits = net.linear(net.relu(net.linear(x, 8)), 2, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    return edits.set_data(net.set(epochs=2, lr=0.05, optimizer="Adam", device="cpu").project, split=split)


def template(name: str, **options: Any) -> Project:
    project = vn.load(resource("templates", f"{name}.vnet"))
    return edits.set_data(project, options={**project.data.options, **options}, split=(0.6, 0.2, 0.2))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged") / "run"
    vn.train(points(), folder=folder).finish()
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "a-run"))


def test_a_run_is_judged_as_its_weights_answer(run: Path) -> None:
    found = evaluate(run)
    (predictions,) = found.predictions
    data = load(points().data)
    assert predictions.samples.tolist() == data.validation.tolist() and predictions.classes == ("blue", "orange")
    model = compile_project(points())
    load_weights(run / "best.safetensors", model.net)
    x = data.fetch(data.validation, ("point",))["point"]
    x = (x - data.mean["point"]) / data.std["point"]
    with torch.no_grad():
        shares = model.net.eval()(torch.from_numpy(x)).softmax(1).numpy()
    assert np.allclose(predictions.arrays["probabilities"], shares, atol=1e-6)
    metric, value = found.headline()
    right = (shares.argmax(1) == data.whole("label")[data.validation]).mean()
    assert metric.name == "accuracy" and value.value == pytest.approx(right)
    assert value.low <= value.value <= value.high
    assert set(predictions.columns) == {"point 1", "point 2", "class"}


def test_answers_are_kept_until_weights_or_data_change(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = evaluate(run)
    calls: list[Path] = []
    compute = module._predict

    def counted(*args: Any) -> Any:
        calls.append(args[1])
        return compute(*args)

    monkeypatch.setattr(module, "_predict", counted)
    again = evaluate(run)
    assert not calls and again.figures == first.figures
    assert again.predictions[0].columns["class"].tolist() == first.predictions[0].columns["class"].tolist()
    path = prediction_files.place_of(run, "validation", "best")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])  # torn
    assert evaluate(run).figures == first.figures and len(calls) == 1
    path.write_bytes(b"\x10\0\0\0\0\0\0\0not json at all!")
    assert evaluate(run).figures == first.figures and len(calls) == 2
    assert evaluate(run).figures == first.figures and len(calls) == 2
    shutil.copy(run / "last" / "weights.safetensors", run / "best.safetensors")
    torn = bytearray((run / "best.safetensors").read_bytes())
    torn[-3] ^= 64  # another weight
    (run / "best.safetensors").write_bytes(torn)
    assert evaluate(run).digest != first.digest and len(calls) == 3


def test_more_outputs_than_classes_leave_the_names_of_the_classes(tmp_path: Path) -> None:
    net = vn.Graph("wide").set(data="points")
    logits = net.linear(net.input(2, field="point"), 5, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    project = edits.set_data(net.set(epochs=1, device="cpu").project, split=(0.6, 0.2, 0.2))
    vn.train(project, folder=tmp_path / "run").finish()
    (predictions,) = evaluate(tmp_path / "run").predictions
    assert predictions.classes == (*load(project.data).classes, "2", "3", "4")


def test_the_test_part_is_counted_and_only_when_it_is_opened(run: Path) -> None:
    assert evaluate(run).opened == 0
    test = evaluate(run, "test")
    assert test.opened == 1 and test.size == len(load(points().data).test)
    assert evaluate(run, "test").opened == 2
    assert evaluate(run).opened == 2
    (run / "evaluation" / "openings.json").write_text("{not json")
    assert evaluate(run).opened == 0


def test_what_cannot_be_judged_says_what_to_do(run: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    vn.train(points((0.8, 0.2, 0.0)), folder=whole, epochs=1).finish()
    with pytest.raises(ValueError, match="60 / 20 / 20"):
        evaluate(whole, "test")
    assert evaluate(whole).opened == 0
    (run / "best.safetensors").unlink()
    assert evaluate(run).weights == "last"  # what a run that is still in its first epoch has
    shutil.rmtree(run / "last")
    shutil.rmtree(run / "before-last", ignore_errors=True)
    with pytest.raises(ValueError, match="no weights yet"):
        evaluate(run)
    net = graph([("x", "input", {"size": (2,), "field": "point"}), ("v", "value_loss", {})], ["x.x -> v.x"])
    plan = compile_project(Project(graph=net)).plan
    with pytest.raises(ValueError, match="nothing of this network can be judged"):
        find_answers(plan)


def test_data_that_changed_since_are_told(run: Path) -> None:
    assert evaluate(run).note == ""
    from visualnet.core.storage import project_file

    project = project_file.load(run / "project.vnet")
    project_file.save(run / "project.vnet", edits.set_data(project, seed=5))
    assert "have changed" in evaluate(run).note


CASES = {
    "perceptron-points": ("binary", "accuracy", {}),
    "unet-padded-small": ("pixels", "mean_iou", {"n": 60}),
    "transformer-small": ("tokens", "token_accuracy", {"n": 60}),
    "bert-base-small": ("tokens", "token_accuracy", {"n": 60}),
    "textcnn-small": ("classes", "accuracy", {"n": 60}),
    "denoising-autoencoder": ("numbers", "rmse", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_templates_are_judged_by_what_they_answer(name: str) -> None:
    task, headline, options = CASES[name]
    project = template(name, **options)
    data = load(project.data)
    model = compile_project(project, infer(project, None, fields(project.data)), seed=0)
    (predictions,) = predict(model, data, data.validation[:10])
    assert predictions.task == task and predictions.size == 10
    from visualnet.training.evaluation.metrics import metrics_for

    assert metrics_for(predictions)[0].name == headline


def test_boxes_are_joined_with_what_is_in_them() -> None:
    """Three boxes a picture: their corners by one answer, what is in them by another."""
    net = vn.Graph("boxes")
    x = net.input(8, field="features")
    corners = net.reshape(net.linear(x, 12), (3, 4), name="corners")
    kinds = net.reshape(net.linear(x, 6), (2, 3), name="kinds")
    net.l1(corners, net.target("boxes", size=(3, 4), dtype="float"))
    net.cross_entropy(kinds, net.target("box_labels", size=(3,)))
    generator = np.random.default_rng(0)
    low = generator.random((30, 3, 2)) * 20
    labels = generator.integers(0, 2, (30, 3))
    labels[::3, 2] = -100
    arrays = {
        "features": generator.random((30, 8)).astype(np.float32),
        "boxes": np.concatenate([low, low + 10], -1).astype(np.float32),
        "box_labels": labels,
    }
    training = vn.train(net, arrays, epochs=1)
    training.finish()
    (predictions,) = predict(training.model, training.data, training.data.validation)
    assert predictions.task == "boxes" and predictions.arrays["said"].shape[1:] == (3, 4)
    chosen = training.data.validation
    assert (predictions.arrays["true_there"] == (labels[chosen] >= 0)).all()


def test_masks_and_boxes_are_laid_over_the_picture() -> None:
    picture = np.full((8, 10, 3), 100, np.uint8)
    classes = np.zeros((6, 8), int)
    classes[2, 3], classes[0, 0] = 1, -1
    laid = lay_over(picture, classes)  # its mask leaves out a pixel at each edge
    changed = np.argwhere((laid != 100).any(-1))
    assert laid.shape == (6, 8, 3) and changed.tolist() == [[2, 3]]
    outlined = draw_boxes(
        picture, np.array([[2.0, 1.0, 6.0, 5.0], [-5.0, 6.0, 30.0, 40.0]]), np.array([1, 2, 3], np.uint8)
    )
    edge = {(int(y), int(x)) for y, x in np.argwhere((outlined == (1, 2, 3)).all(-1))}
    assert {(1, 2), (1, 6), (5, 2), (5, 6), (3, 2), (6, 0), (7, 9)} <= edge and not {(3, 4), (0, 0)} & edge
    assert (picture == 100).all()


def test_an_answer_shows_its_masks_and_boxes_as_the_data_page_shows_samples() -> None:
    picture = np.full((1, 8, 10), 0.5, np.float32)
    spec = Spec((1, 8, 10))
    loaded: Any = SimpleNamespace(samples=None, fields={"image": spec}, sample=lambda index, fields: {"image": picture})
    truth = np.zeros((1, 6, 8), np.int32)  # the network leaves out a pixel at each edge
    truth[0, 2, 3] = 1
    said = np.zeros_like(truth)
    masks = PredictionSet("a", "pixels", np.array([4]), ("ground", "thing"), {"truth": truth, "said": said})
    contents = dict(contents_of_answer(masks, loaded, 0))
    assert list(contents) == ["sample", "true", "answered", "wrong"] and contents["sample"].mask is None
    assert np.argwhere(contents["true"].mask).tolist() == [[3, 4]] and not contents["answered"].mask.any()
    assert np.argwhere(contents["wrong"].mask).tolist() == [[3, 4]]
    pictures = dict(pictures_of_answer(masks, loaded, 0))
    assert (pictures["true"] != pictures["sample"]).any() and (pictures["answered"] == pictures["sample"]).all()

    box = np.array([[[0.0, 2.0, 5.0, 4.0]]])
    one = np.ones((1, 1))
    boxes = of_boxes(box + 1, one, one.astype(int), box, np.zeros((1, 1), int))
    found = dict(contents_of_answer(boxes, loaded, 0))
    assert found["true"].boxes == ((0.0, 0.25, 0.5, 0.5, 0),) and found["answered"].boxes[0][4] == 1


class Watcher(HTMLParser):
    """What a page asks of the outside."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action") and not (value or "").startswith("data:"):
                self.outside.append(f"{tag} {name}={value}")


def test_the_report_says_what_it_rests_on_and_asks_nothing_of_the_outside(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    vn.train(points(), folder=other, epochs=6, seed=9).finish()
    found, against = evaluate(run, "test"), evaluate(other, "test")
    page = write_report(found, [("other", pair(found, against))])
    watcher = Watcher()
    watcher.feed(page)
    assert not watcher.outside and not {"script", "link", "iframe"} & set(watcher.tags)
    assert watcher.tags.count("svg") >= 5
    for wanted in (
        found.data,
        found.digest,
        "a-run",
        "test part",
        "opened once",
        "95 % interval",
        "Against the run other",
    ):
        assert wanted in page, wanted
    assert not re.search(r"url\(|@import", page)


def test_the_report_of_pictures_holds_them(tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    project = edits.set_recipe(template("unet-padded-small", n=20), epochs=1, device="cpu")
    vn.train(project, folder=folder).finish()
    page = write_report(evaluate(folder))
    assert page.count('<img src="data:image/png;base64,') >= 4
    assert "Overlap per class" in page


def test_runs_of_other_data_are_not_compared(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    vn.train(edits.set_data(points(), seed=3), folder=other, epochs=1).finish()
    with pytest.raises(ValueError, match="same samples"):
        pair(evaluate(run), evaluate(other))


def test_the_command_line_judges_a_run(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run)]) == FINE
    text = capsys.readouterr().out
    assert "validation part · 100 samples" in text and "Accuracy" in text and "never opened" in text
    page = tmp_path / "page.html"
    assert main(["evaluate", str(run), "--part", "test", "--against", str(run), "--html", str(page), "--json"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert told["test_openings"] == 1
    assert told["answers"][0]["metrics"]["accuracy"]["low"] <= told["answers"][0]["metrics"]["accuracy"]["value"]
    assert told["against"][0]["p"] == 1 and page.read_text().startswith("<!doctype html>")
    assert main(["evaluate", str(tmp_path)]) == UNUSABLE
    assert "there is no run" in capsys.readouterr().err


def test_python_judges_a_run_of_own_data(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    x = generator.random((120, 2)).astype(np.float32)
    data = {"point": x, "label": (x.sum(1) > 1).astype(np.int64)}
    vn.train(points(), data, folder=tmp_path / "own", epochs=30).finish()
    found = vn.load_run(tmp_path / "own").evaluate("test", data=data)
    assert found.size == 24 and found.note == "" and found.opened == 1
    assert found.figures[0]["accuracy"].value > 0.8


def test_a_perfect_score_is_not_told_to_be_certain(tmp_path: Path) -> None:
    """All drawn samples are right whichever are drawn: the bootstrap alone would say 100 % to 100 %."""
    x = np.repeat(np.array([[-1.0, -1.0], [1.0, 1.0]], np.float32), 50, 0)
    data = {"point": x, "label": (x.sum(1) > 0).astype(np.int64)}
    vn.train(points(), data, folder=tmp_path / "easy", epochs=30).finish()
    figures = vn.load_run(tmp_path / "easy").evaluate(data=data).figures[0]
    for name in ("accuracy", "f1", "roc_area"):
        assert figures[name].value == 1 and 0.7 < figures[name].low < 0.9 and figures[name].high == 1, name


def test_half_of_the_work_can_be_ended(run: Path) -> None:
    class Ended(Exception):
        pass

    def check(share: float) -> None:
        raise Ended

    with pytest.raises(Ended):
        evaluate(run, check=check)
    assert not prediction_files.place_of(run, "validation", "best").exists()
