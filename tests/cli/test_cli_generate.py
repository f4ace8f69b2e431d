"""`visualnet generate`: what a network can make, the files it is kept as, and the words where nothing can be made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from visualnet.cli.main import main


def test_it_lists_what_a_network_can_make(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "vae", "--list"]) == 0
    assert "at reconstruction" in capsys.readouterr().out
    assert main(["generate", "vae", "--list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["prior"]["at"] == ["reconstruction"]
    assert {"seed", "count", "temperature"} <= set(found["prior"]["settings"])
    assert main(["generate", "lenet5", "--list"]) == 0
    assert "It would need" in capsys.readouterr().out


def test_what_is_made_is_written_as_its_ending_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin = {".png": b"\x89PNG", ".npy": b"\x93NUMPY", ".csv": b"c0_y0_x0", ".svg": b"<svg"}
    for ending, first in begin.items():
        target = tmp_path / f"made{ending}"
        assert main(["generate", "vae", "--count", "4", "--seed", "7", "-o", str(target)]) == 0
        assert target.read_bytes().startswith(first)
    assert "4 images of 28×28 pixels" in capsys.readouterr().out
    assert np.load(tmp_path / "made.npy").shape == (4, 28, 28, 1)
    wish = ["generate", "vae", "--count", "4", "--seed", "7", "--json", "--temperature", "0"]
    assert main(wish) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["way"] == "prior"
    assert told["trained"] is False


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (["vae", "--way", "nothing"], "there is none of that name"),
        (["vae", "--at", "nowhere"], "it can at “reconstruction”"),
        (["vae", "-o", "made"], "its name must say"),
        (["vae", "-o", "made.txt", "--count", "2"], "can be kept as .png"),
        (["vae", "--weights", "best"], "wanted is --run"),
        (["vae", "--option", "warm=1"], "has no setting “warm”"),
        (["vae", "--option", "warm"], "wanted NAME=VALUE"),
        (["vae", "--run", "no-such-run"], "there is no run"),
        (["vae", "--count", "200000"], "count"),
        (["lenet5"], "nothing to make something with"),
        (["lenet5", "--way", "prior"], "this network has none"),
    ],
)
def test_what_cannot_be_made_is_told(
    wish: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["generate", *wish]) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
