"""`visualnet watch`: what a network has to look at, and each ending that it can be written with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from visualnet.cli.main import main
from visualnet.figures.colours.pixels import png_of


def test_without_an_observation_it_lists_what_the_network_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "lenet5-28"]) == 0
    words = capsys.readouterr().out
    assert "Flow:" in words
    assert "values" in words
    assert "c1.features" in words
    assert main(["watch", "lenet5-28", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "c1.features" in found["values"]["at"]


def test_what_is_seen_is_written_as_picture_table_and_arrays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for ending in (".svg", ".csv", ".npz", ".npy", ".png"):
        target = tmp_path / f"seen{ending}"
        wish = [
            "watch",
            "lenet5-28",
            "--observe",
            "values",
            "--at",
            "c1",
            "--sample",
            "3",
            "-o",
            str(target),
            "--size",
            "400x300",
        ]
        assert main(wish) == 0
        assert target.stat().st_size > 500
    capsys.readouterr()
    assert (tmp_path / "seen.svg").read_text().startswith("<svg")
    assert (tmp_path / "seen.png").read_bytes().startswith(b"\x89PNG")
    head, first, *_ = (tmp_path / "seen.csv").read_text().splitlines()
    assert head == "tile,row,column,value"
    with np.load(tmp_path / "seen.npz") as kept:
        values = kept["values"]
        assert values.shape == (1, 6, 28, 28)
        assert np.array_equal(np.load(tmp_path / "seen.npy"), values[0])
        assert float(first.split(",")[3]) == pytest.approx(float(values[0, 0, 0, 0]), rel=1e-6)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (["--observe", "nothing"], "no observation “nothing”"),
        (["--observe", "values", "--at", "c99"], "has nothing at “c99”; it can look at: image.x, c1.features"),
        (["--observe", "values", "--option", "x=3"], "has no setting “x” (it has most, scale)"),
        (["--observe", "values", "--option", "most"], "wanted NAME=VALUE"),
        (["--observe", "values", "--option", "most=no"], "most"),
        (["--observe", "values", "-o", "a.gif"], "its name ends in .png, .svg, .csv, .npz or .npy"),
        (["--observe", "values", "--sample", "999999"], "there is no sample 999,999 to look at: the last is"),
        (["--observe", "values", "--size", "9"], "wanted WxH in px"),
    ],
)
def test_what_cannot_be_looked_at_is_said(wish: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "lenet5-28", *wish]) == 2
    assert words in capsys.readouterr().err


def test_a_picture_is_a_png_that_qt_reads() -> None:
    from PySide6.QtGui import QImage

    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    image = QImage.fromData(png_of(pixels))
    assert (image.width(), image.height()) == (7, 5)
    colour = image.pixelColor(3, 2)
    assert [colour.red(), colour.green(), colour.blue()] == pixels[2, 3].tolist()


@pytest.mark.wide
def test_a_training_records_what_is_wished_over_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    wish = [
        "train",
        "lenet5-28",
        "--epochs",
        "1",
        "--run",
        str(folder),
        "--record",
        "values@c3",
        "--record",
        "filters@c1",
    ]
    assert main(wish) == 0
    first, second = sorted((folder / "observations").iterdir())
    assert first.name.startswith("filters")
    with np.load(second) as kept:
        steps, values = kept["step"], kept["values"]
        assert len(steps) >= 2
        assert (np.diff(steps) > 0).all()
        assert values.shape == (len(steps), 16, 10, 10)
        assert not np.array_equal(values[0], values[-1])
    capsys.readouterr()
    assert main(["train", "lenet5-28", "--run", str(tmp_path / "no"), "--record", "occlusion"]) == 2
    assert "takes too long to be recorded" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
