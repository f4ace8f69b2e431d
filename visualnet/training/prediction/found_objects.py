"""What the network of a run finds in whole pictures, where it was trained on regions of such."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.project import Project
from visualnet.core.text.format import format_percent
from visualnet.core.text.hidden_characters import visible
from visualnet.data.registry import make_data_set
from visualnet.training.runs.preparation_file import read_preparation

if TYPE_CHECKING:
    from visualnet.data.regions.crops import RegionCropper

Array = NDArray[Any]
LEAST = 0.5
"""Objects are told from this score on."""


class FoundObject(NamedTuple):
    """An object in a picture: its class, how sure the network is (0 to 1), and its corners x0, y0, x1, y1 in px."""

    label: str
    score: float
    box: tuple[float, float, float, float]

    def describe(self) -> str:
        """The object in a line: ``3 (97 %) at 12, 30 to 33, 58``."""
        x0, y0, x1, y1 = (round(value) for value in self.box)
        return f"{self.label} ({format_percent(self.score, 0)}) at {x0}, {y0} to {x1}, {y1}"


def find_cutter(project: Project) -> RegionCropper | None:
    """How regions are cut out of a picture for this project's network; None where it was not trained on regions.

    Raises:
        ValueError: its data cannot be told.
    """
    return make_data_set(project.data).cutter()


def find_objects(
    folder: Path, project: Project, picture: str | Path | Array, least: float = LEAST
) -> list[FoundObject]:
    """The objects that a run finds in a picture, the surest first: a file, or an array (C, H, W) with values from 0 to 1.

    Raises:
        ValueError: the run was not trained on regions, or this is no picture that can be read; the words say which.
        BadCheckpoint: the weights are not those of this network, or cannot be read.
    """
    from visualnet.training.detection.detector import CropPreparation, DetectionLimits, detect, make_forward
    from visualnet.training.prediction.run_prediction import load_model

    cutter = find_cutter(project)
    if cutter is None:
        raise ValueError(
            "this run was not trained on regions of pictures: it answers to whole samples, and finds no objects in them"
        )
    image = _read(picture, cutter.channels)
    kept = read_preparation(folder)
    taken = (
        CropPreparation(kept.preparation, kept.mean, kept.std) if kept is not None else CropPreparation(None, {}, {})
    )
    forward, heads = make_forward(load_model(folder, project), taken)
    found = detect(image, cutter, forward, heads.kind, DetectionLimits(score=least))
    names = make_data_set(project.data).class_names()[1:]
    return [
        FoundObject(names[int(kind)], float(score), (box[0], box[1], box[2], box[3]))
        for kind, score, box in zip(found.labels, found.scores, found.boxes.tolist(), strict=True)
    ]


def _read(picture: str | Path | Array, channels: int) -> Array:
    if not isinstance(picture, str | Path):
        image = np.asarray(picture, np.float32)
        if image.ndim != 3 or len(image) != channels:
            came = "×".join(map(str, image.shape)) or "one number"
            raise ValueError(f"the picture is {came}; wanted are channels, height and width, with {channels} channels")
        return image
    from visualnet.data.sources.images.decode import decode_image

    path = Path(picture)
    if not path.is_file():
        raise ValueError(f"“{visible(str(picture))}” is no file that is there: this run looks for objects in pictures")
    try:
        return decode_image(str(path), channels)
    except OSError as error:
        raise ValueError(f"“{visible(path.name)}” cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ValueError(f"“{visible(path.name)}” cannot be read: {error}") from None
