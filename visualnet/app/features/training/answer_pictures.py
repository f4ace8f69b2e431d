"""An answer that is an image, as a picture beside what went in and what is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.tiles import TilesChart
from visualnet.training.generating.results import as_colours
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.observations.answers.images import IMAGE_CHANNELS, LEAST_EDGE, is_image

IN, OUT, TRUE, GREATEST = "what goes in", "what comes out", "what is true", "greatest at each place"


def pictures_of(
    analysis: Analysis, name: str, answer: NDArray[Any], fields: Mapping[str, NDArray[Any]], read: str
) -> TilesChart | None:
    """The answer (C, H, W) of the output of this name as a picture, with those of the sample's ``fields`` that belong to it: ``read`` is
    the image that the network is given. Of several channels that are no colours the number of the greatest at each place is drawn. None
    where the answer is no image."""
    shape = answer.shape
    if len(shape) != 3 or min(shape[1:]) < LEAST_EDGE:
        return None
    target = _target(analysis, name)
    found: list[tuple[str, NDArray[Any]]] = [(OUT, answer)]
    if shape[0] not in IMAGE_CHANNELS:
        found = [(GREATEST, answer.argmax(0)[None])]
    given, true = fields.get(read), fields.get(target)
    if given is not None and is_image(given.shape):
        found.insert(0, (IN, given))
    if true is not None and target != read:
        true = true[None] if true.ndim == 2 else true
        if true.shape[-2:] == shape[-2:] and true.ndim == 3 and true.shape[0] in IMAGE_CHANNELS:
            found.append((TRUE, true))
    size = max(image.shape[1] for _, image in found), max(image.shape[2] for _, image in found)
    return TilesChart(np.stack([_tile(image, size) for _, image in found]), tuple(title for title, _ in found))


def _target(analysis: Analysis, name: str) -> str:
    """The field that an output is held against; empty where nothing says so."""
    for facts in analysis.main.sinks("output"):
        source = analysis.main.graph.wires.get(Port(facts.node.id, next(iter(facts.inputs), "")))
        if facts.node.name == name and source is not None:
            return held_against(analysis, source)[1]
    return ""


def _tile(image: NDArray[Any], size: tuple[int, int]) -> NDArray[np.uint8]:
    """An image (C, H, W) as colours (H, W, 3) from its own least to its own greatest value, in the middle of a tile of this size."""
    finite = image[np.isfinite(image)]
    ends = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    colours = as_colours(np.moveaxis(np.asarray(image, np.float32), 0, -1)[None], ends)[0]
    tile = np.zeros((*size, 3), np.uint8)
    top, left = (size[0] - colours.shape[0]) // 2, (size[1] - colours.shape[1]) // 2
    tile[top : top + colours.shape[0], left : left + colours.shape[1]] = colours
    return tile
