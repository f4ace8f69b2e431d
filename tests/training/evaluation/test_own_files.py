"""Runs on a person's own files: read in parts, one of them broken since; columns of a table by their names."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import visualnet as vn
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.training.evaluation.evaluation import evaluate
from visualnet.training.evaluation.report import write_report


def classifier(shape: tuple[int, ...], field: str, classes: int) -> Project:
    net = vn.Graph("own")
    x = net.input(*shape, field=field)
    x = net.flatten(x) if len(shape) > 1 else x
    logits = net.linear(x, classes, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    return net.set(epochs=1, device="cpu", batch_size=8).project


def test_pictures_are_read_in_parts_and_a_broken_one_is_left_out_and_told(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    for kind in ("cat", "dog"):
        (tmp_path / "pets" / kind).mkdir(parents=True)
        for number in range(20):
            pixels = generator.integers(0, 256, (12, 12, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / kind / f"{number:02}.png")
    choice, _ = choose("image_folder", tmp_path / "pets", {})
    project = edits.set_data(edits.choose_data(classifier((3, 12, 12), "image", 2), choice), split=(0.5, 0.5, 0.0))
    fields = load(project.data).fields
    assert fields["image"].shape == (3, 12, 12)
    folder = tmp_path / "run"
    vn.train(project, folder=folder).finish()
    found = evaluate(folder)
    assert found.size == 20 and found.predictions[0].classes == ("cat", "dog") and found.note == ""
    assert found.predictions[0].columns["class"].tolist().count("cat") == 10

    data = load(project.data)
    lost = int(data.validation[3])
    place = next(
        p
        for p in (tmp_path / "pets").rglob("*.png")
        if data.samples.describe(lost).endswith(f"{p.parent.name}/{p.name}")
    )
    place.write_bytes(place.read_bytes()[:60])
    from visualnet.data import loading

    loading._kept.clear()
    for path in (folder / "evaluation").iterdir():
        path.unlink()
    again = evaluate(folder)
    assert again.size == 19 and lost not in again.predictions[0].samples
    assert "1 sample of this part" in again.note
    assert "pets" in write_report(again) or "cat" in write_report(again)


def test_the_error_is_told_by_the_columns_of_a_table(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    with (tmp_path / "table.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["width", "height", "kind"])
        for _ in range(80):
            width, height = generator.normal(0, 1, 2)
            writer.writerow([f"{width:.3f}", f"{height:.3f}", "wide" if width > height else "high"])
    choice, found = choose("table", tmp_path / "table.csv", {"target": "kind"})
    project = edits.set_data(edits.choose_data(classifier((2,), "features", 2), choice), split=(0.5, 0.5, 0.0))
    if load(project.data).fields["features"].shape != (2,):
        pytest.fail(f"the table gives {load(project.data).fields}, {found.facts.extra}")
    folder = tmp_path / "run"
    vn.train(project, folder=folder).finish()
    predictions = evaluate(folder).predictions[0]
    assert {"width", "height", "class"} <= set(predictions.columns)


def test_data_that_changed_since_are_prepared_as_in_the_training(tmp_path: Path) -> None:
    """Rows of the training part are other ones by now: neither the mean that is taken out nor what fills a gap follows them."""
    generator = np.random.default_rng(0)
    rows = [[*generator.normal(0, 1, 2), ""] for _ in range(80)]
    for row in rows:
        row[2] = "wide" if row[0] > row[1] else "high"
    rows[3][0] = ""
    path = tmp_path / "table.csv"

    def write() -> None:
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([["width", "height", "kind"], *rows])

    write()
    choice, _ = choose("table", path, {"target": "kind"})
    project = edits.set_data(edits.choose_data(classifier((2,), "features", 2), choice), split=(0.5, 0.5, 0.0))
    assert [step.kind for step in project.data.preparation] == ["fill_missing"]
    folder = tmp_path / "run"
    training = vn.train(project, folder=folder).finish()
    before = evaluate(folder)
    assert before.loaded.samples is load(project.data).samples, "nothing is decoded or prepared twice"
    for row in training.data.train:
        rows[row][:2] = [100 + row, 50] if rows[row][0] != "" else ["", 50]
    write()
    after = evaluate(folder)
    assert "changed since" in after.note and before.note == ""
    np.testing.assert_array_equal(
        after.predictions[0].arrays["probabilities"],
        before.predictions[0].arrays["probabilities"],
        "validation is as it was",
    )
    assert after.loaded.mean["features"].tolist() == training.data.mean["features"].tolist()
    assert after.loaded.preparation == training.data.preparation
    assert load(project.data).mean["features"].max() > 50, "what is loaded for a new run follows the data"


def test_several_labels_of_a_table_are_judged_as_labels_by_their_names(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    with (tmp_path / "films.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["length", "age", "funny", "old", "long"])
        for _ in range(120):
            length, age = generator.normal(0, 1, 2)
            writer.writerow([f"{length:.3f}", f"{age:.3f}", int(length < age), int(age > 0), int(length > 0.5)])
    choice, _ = choose("table", tmp_path / "films.csv", {"target": "funny, old, long"})
    net = vn.Graph("films")
    logits = net.linear(net.input(2, field="features"), 3, name="logits")
    net.output(logits)
    net.bce_with_logits(logits, net.target("y", 3, dtype="float"))
    project = edits.choose_data(net.set(epochs=60, lr=0.1, batch_size=40, device="cpu").project, choice)
    folder = tmp_path / "run"
    vn.train(edits.set_data(project, split=(0.5, 0.5, 0.0)), folder=folder).finish()
    found = evaluate(folder)
    (predictions,) = found.predictions
    assert predictions.task == "labels" and predictions.classes == ("funny", "old", "long")
    assert found.headline()[0].title == "F1 (macro)" and found.headline()[1].value > 0.9
    assert found.figures[0]["hamming_loss"].value < 0.1 < found.figures[0]["label_exact_match"].value
    told = vn.load_run(folder).answer({"length": 2, "age": 4})
    assert isinstance(told, list)
    assert told[0].holding == ("funny", "old", "long") and told[0].describe().startswith("funny (")


def test_amounts_between_0_and_1_are_no_labels(tmp_path: Path) -> None:
    """A network that is to give back its input, or shares, is held against numbers."""
    shares = np.random.default_rng(0).random((60, 6)).astype("float32")
    for field, data in (("x", {"x": (shares > 0.5).astype("float32")}), ("y", {"x": shares, "y": shares})):
        net = vn.Graph("back")
        logits = net.linear(net.input(6, field="x"), 6, name="logits")
        net.output(logits)
        net.bce_with_logits(logits, net.target(field, 6, dtype="float"))
        vn.train(net, data, folder=tmp_path / field, epochs=1, batch_size=20, device="cpu").finish()
        (predictions,) = vn.load_run(tmp_path / field).evaluate(data=data).predictions
        assert predictions.task == "numbers"
