"""New samples as a person gives them: rows with words, files of rows; answers with the names of the classes, from Python and on the
command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

import visualnet as vn
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.own_sample.prepare import read_file

ROWS = [
    [f"{at % 7},5", ("red", "green", "blue")[at % 3], f"{at % 28 + 1:02}.03.2024", at, ("no", "yes")[at % 3 == 0]]
    for at in range(90)
]
NAMES = ["width", "colour", "day", "number", "sold"]


def table(folder: Path) -> Path:
    path = folder / "shop.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([NAMES, *ROWS])
    return path


def classifier(width: int, classes: int) -> Project:
    net = vn.Graph("shop")
    logits = net.linear(net.input(width, field="features"), classes, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    return net.set(epochs=30, lr=0.1, device="cpu", batch_size=30).project


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose table is gone by now."""
    folder = tmp_path_factory.mktemp("shop")
    path = table(folder)
    options = {"target": "sold", "ignored_columns": "number"}
    choice, _ = choose("table", path, options)
    project = edits.choose_data(classifier(5, 2), choice)
    fields = load(project.data).fields["features"]
    names = [column.name for column in fields.columns]
    assert names == ["width", "colour = blue", "colour = green", "colour = red", "day"]
    vn.train(project, folder=folder / "run").finish()
    path.unlink()
    return folder / "run"


def test_rows_stand_as_in_their_file_and_answers_have_the_names_of_the_classes(shop: Path) -> None:
    run = vn.load_run(shop)
    row = dict(zip(NAMES, ROWS[3], strict=True))
    one = run.answer(row)
    assert isinstance(one, list)
    assert (one[0].label, len(one)) == ("yes", 1) and one[0].probability > 0.6
    assert one[0].describe().startswith("yes (") and set(one[0].probabilities) == {"no", "yes"}
    assert run.answer([ROWS[3], ROWS[4]])[1].label == "no", "all columns, in their order"
    short = run.predict(["3,5", "red", "04.03.2024"])
    assert np.allclose(short, run.predict({"width": 3.5, "colour": "red", "day": "04.03.2024"})), "numbers are numbers"
    assert np.allclose(short, run.predict(row), atol=1e-6)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            {"width": "1,5", "colour": "rad", "day": "01.03.2024"},
            r"row 1: “rad” in the column “colour” is no category of the data; did you",
        ),
        ({"width": "wide", "colour": "red", "day": "01.03.2024"}, "“wide” in the column “width” is no number"),
        ({"width": "1,5", "colour": "red", "day": "soon"}, "“soon” in the column “day” is no date"),
        ({"width": "1,5", "color": "red", "day": "01.03.2024"}, "there is no column “color”; did you mean “colour”"),
        ({"width": "1,5", "colour": "red"}, "row 1 has no value for “day”"),
        (["1,5", "red"], r"row 1 has 2 cells; 3 are wanted \(width, colour, day\)"),
        (["", "red", "01.03.2024"], "sample 1 lacks a value"),
        (Path("there-is-none.csv"), "there-is-none.csv” cannot be read: no such file"),
    ],
)
def test_rows_that_are_none_are_refused_by_row_and_column(shop: Path, row: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        vn.load_run(shop).predict(row)


def test_a_file_of_rows_is_answered_on_the_command_line(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.csv"
    new.write_text("width;colour;day\n3,5;red;04.03.2024\n3,5;green;04.03.2024\n")
    assert main(["predict", str(shop), str(new), "width=3.5,colour=red,day=04.03.2024", "--json"]) == 2
    assert "“3.5” in the column “width” is no number" in capsys.readouterr().err, "the data have a comma"
    assert main(["predict", str(shop), str(new)]) == 0
    out = capsys.readouterr().out
    assert "row 1: yes (" in out and "row 2: no (" in out and "2 samples" in out
    assert main(["predict", str(shop), '"width=3,5",colour=red,day=04.03.2024', "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["label"] == "yes" and set(told["probabilities"]) == {"no", "yes"}
    assert main(["predict", str(tmp_path), "x"]) == 2
    assert "there is no run in" in capsys.readouterr().err
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "project.vnet").write_bytes((shop / "project.vnet").read_bytes())
    assert main(["predict", str(tmp_path / "begun"), str(new)]) == 2
    assert "the run has no weights yet" in capsys.readouterr().err


def test_a_sound_comes_at_the_rate_of_the_data_though_no_step_tells_it(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    for name in ("high", "low"):
        (tmp_path / "sounds" / name).mkdir(parents=True)
        for number in range(8):
            tone = np.sin(np.arange(400) * (1.0 if name == "high" else 0.1) + number)
            soundfile.write(tmp_path / "sounds" / name / f"{number}.wav", tone, 8000)
    choice, _ = choose("sound", tmp_path / "sounds", {"rate": 8000})
    net = vn.Graph("tones")
    logits = net.linear(net.flatten(net.input(1, 400, field="sound")), 2, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    project = edits.choose_data(net.set(epochs=2, device="cpu").project, replace(choice, preparation=()))
    vn.train(project, folder=tmp_path / "run").finish()
    twice = np.sin(np.arange(800) * 0.5)
    soundfile.write(tmp_path / "new.wav", twice, 16000)
    (answer,) = vn.load_run(tmp_path / "run").answer(tmp_path / "new.wav")
    assert answer.label in ("high", "low")  # type: ignore[union-attr]
    assert read_file(load(project.data), "sound", tmp_path / "new.wav").shape == (1, 400)


def test_numbers_answer_as_numbers_and_one_output_as_yes_or_no(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    net = vn.Graph("several")
    x = net.input(2, field="point")
    logit, number = net.linear(x, 1, name="logit"), net.linear(x, 1, name="number")
    net.output(logit, name="sure"), net.output(number, name="far")
    net.bce_with_logits(logit, net.target("side", 1, dtype="float"))
    net.mse(number, net.target("far", 1, dtype="float"))
    data = {"point": points, "side": points[:, :1] > 0, "far": points[:, 1:]}
    vn.train(net, data, folder=tmp_path / "run", epochs=60, lr=0.1, device="cpu").finish()
    found = vn.load_run(tmp_path / "run").answer(points[:4])
    assert isinstance(found, dict)
    assert [one.label for one in found["sure"]] == ["yes" if x > 0 else "no" for x in points[:4, 0]]
    assert found["far"][0].label == "" and abs(found["far"][0].values[0] - points[0, 1]) < 0.3
