"""`visualnet segment`: an image larger than the network's input becomes a mask of its own size."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from visualnet.api.training import train
from visualnet.cli.common import FINE, UNUSABLE
from visualnet.cli.main import main
from visualnet.core.project import DataChoice
from visualnet.core.storage import project_file
from visualnet.data.loading import load as load_data
from visualnet.resources import resource


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the small U-Net, an epoch long."""
    place = tmp_path_factory.mktemp("runs") / "run"
    project = project_file.load(resource("templates", "unet-boundary.vnet"))
    training = train(project, folder=place, epochs=1, batch_size=32)
    assert [type(event).__name__ for event in training][-1] == "Finished"
    return place


def write_scene(path: Path, side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    data = load_data(DataChoice(name="digit_masks", options={"n": 20, "side": side}, normalise=False))
    image = np.clip(data.whole("image")[0, 0], 0, 1)
    Image.fromarray((image * 255).round().astype(np.uint8)).save(path)
    return np.asarray(image, np.float32)


@pytest.mark.wide
def test_a_large_image_becomes_a_mask_of_its_size(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scene(tmp_path / "scene.png", 150)
    assert (
        main(["segment", str(folder), str(tmp_path / "scene.png"), "-o", str(tmp_path / "mask.png"), "--json"]) == FINE
    )
    told = json.loads(capsys.readouterr().out)
    mask = np.asarray(Image.open(tmp_path / "mask.png"))
    assert mask.shape == (150, 150)
    assert told["pixels"] == {str(kind): int((mask == kind).sum()) for kind in np.unique(mask)}
    assert (
        main(["segment", str(folder), str(tmp_path / "scene.png"), "-o", str(tmp_path / "over.png"), "--over"]) == FINE
    )
    assert "150×150 pixels, class 0" in capsys.readouterr().out
    assert np.asarray(Image.open(tmp_path / "over.png")).shape == (150, 150, 3)


def test_what_cannot_be_is_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene, mask = tmp_path / "scene.png", tmp_path / "mask.png"
    scene.write_bytes(b"no image")
    assert main(["segment", str(folder), str(scene), "-o", str(mask)]) == UNUSABLE
    assert "scene.png" in capsys.readouterr().err
    write_scene(scene, 100)
    assert main(["segment", str(folder), str(scene), "-o", str(mask), "--overlap", "32"]) == UNUSABLE
    assert "take less than 32" in capsys.readouterr().err
    assert main(["segment", str(folder), str(scene), "-o", str(tmp_path / "mask.jpg")]) == UNUSABLE
    assert "a mask is written as .png" in capsys.readouterr().err
    assert not mask.exists()
