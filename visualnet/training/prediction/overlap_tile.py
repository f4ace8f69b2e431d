"""Masks of images larger than a network's input: tile by tile, with overlap, mirrored at the edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.graph import Port
from visualnet.training.observations.answers.declare_masks import mask_outputs, said_classes
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.prediction.run_prediction import predict

if TYPE_CHECKING:
    from visualnet.compiling.module import Model

Array = NDArray[Any]
AT_ONCE = 8
"""So many tiles go through the network together."""
ALIGNED = 16
"""Tiles begin at multiples of this where they can, so that windows of pooling lie alike in all of them."""


class Tiling(NamedTuple):
    """How a network reads tiles: what goes in, what comes out (row, column), and how much of each answer is kept."""

    size: tuple[int, int]
    answer: tuple[int, int]
    step: tuple[int, int]

    @property
    def before(self) -> tuple[int, int]:
        """What a tile has before the part of its answer that is kept: (rows, columns)."""
        (h, w), (down, across) = self.size, self.step
        return (h - down) // 2, (w - across) // 2


def plan_tiles(model: Model, overlap: int | None = None) -> Tiling:
    """The tiles of a network that answers masks. ``overlap``: so many pixels at each edge of an answer are left to its neighbours; by
    itself an eighth of it, or nothing where convolutions are not padded and every pixel has seen all that it asks for.

    Raises:
        ValueError: the network does not answer one image with one mask, or nothing of an answer would be kept.
    """
    ports, shapes = mask_outputs(model.analysis), _input_shapes(model)
    if len(ports) != 1 or len(shapes) != 1 or len(shapes[0]) != 3:
        raise ValueError(
            "this network does not answer one image with one mask of classes: there is nothing to put together"
        )
    (path, name) = ports[0]
    answer = tuple(map(int, model.analysis.main.nodes[path[-1]].leaving[name].shape))[-2:]
    size = shapes[0][-2:]
    steps = []
    for whole, kept in zip(size, answer, strict=True):
        wanted = overlap if overlap is not None else kept // 8 if whole == kept else 0
        if wanted < 0 or (step := kept - 2 * wanted) < 1:
            raise ValueError(
                f"an overlap of {wanted} leaves nothing of {kept} pixels: take less than {(kept + 1) // 2}"
            )
        if overlap is None and step > ALIGNED:
            step -= step % ALIGNED
        steps.append(step - (whole - step) % 2)
    return Tiling((size[0], size[1]), (answer[0], answer[1]), (steps[0], steps[1]))


def segment(
    model: Model,
    image_CHW: Array,
    *,
    mean: Mapping[str, Array] | None = None,
    std: Mapping[str, Array] | None = None,
    overlap: int | None = None,
    check: Callable[[float], None] = lambda share: None,
) -> NDArray[np.int64]:
    """The class of each pixel (row, column) of an image of any size, as the overlap-tile strategy has it.

    At the image's edges tiles see it mirrored. Source: Ronneberger, Fischer and Brox, U-Net, 2015, figure 2. ``check`` is called with the
    share that is done; what it raises ends the work.

    Raises:
        ValueError: as `plan_tiles`; or the image is empty, or has another number of channels than the network reads.
    """
    tiling, channels = plan_tiles(model, overlap), _input_shapes(model)[0][0]
    if image_CHW.ndim != 3 or image_CHW.shape[0] != channels or not image_CHW.size:
        came = "×".join(map(str, image_CHW.shape))
        raise ValueError(f"the network reads images of {channels}×rows×columns; this one is {came}")
    height, width = image_CHW.shape[1:]
    if (height, width) == tiling.size == tiling.answer:
        tiling = tiling._replace(step=tiling.answer)  # it fits as it is
    ((path, name),) = mask_outputs(model.analysis)
    kind, _ = held_against(model.analysis, Port(path[-1], name))
    output = next(out for out, port in model.plan.answers.items() if port == Port(path[-1], name))
    found = np.zeros((height, width), np.int64)
    places = list(product(range(0, height, tiling.step[0]), range(0, width, tiling.step[1])))
    done = 0
    check(0.0)
    for group in (places[at : at + AT_ONCE] for at in range(0, len(places), AT_ONCE)):
        tiles = np.stack([_cut(image_CHW, at, tiling) for at in group])
        answer = predict(model, tiles, mean=mean, std=std)
        classes = said_classes(kind, answer[output] if isinstance(answer, Mapping) else answer).cpu().numpy()
        for (y, x), mask in zip(group, classes, strict=True):
            kept = _middle(mask, tiling.step)
            part = found[y : y + kept.shape[0], x : x + kept.shape[1]]
            part[:] = kept[: part.shape[0], : part.shape[1]]
        done += len(group)
        check(done / len(places))
    return found


def _input_shapes(model: Model) -> list[tuple[int, ...]]:
    leaving = [spec for step in model.plan.net_inputs for spec in model.analysis.main.nodes[step.id].leaving.values()]
    return [tuple(map(int, spec.shape)) for spec in leaving]


def _cut(image: Array, at: tuple[int, int], tiling: Tiling) -> Array:
    """The tile (channel, row, column) whose kept part begins at this place; what lies outside is mirrored."""
    rows, columns = (
        mirrored(np.arange(begin - before, begin - before + long), whole)
        for begin, before, long, whole in zip(at, tiling.before, tiling.size, image.shape[1:], strict=True)
    )
    return np.ascontiguousarray(image[:, rows][:, :, columns])


def mirrored(places: NDArray[np.int64], extent: int) -> NDArray[np.int64]:
    """Places on a line, those outside of 0 … extent − 1 mirrored at its ends, as often as needed: −1 is 1, extent is extent − 2."""
    if extent == 1:
        return np.zeros_like(places)
    along = places % (2 * extent - 2)
    return np.minimum(along, 2 * extent - 2 - along)


def _middle(mask: Array, size: tuple[int, int]) -> Array:
    top, left = ((whole - kept) // 2 for whole, kept in zip(mask.shape, size, strict=True))
    return mask[top : top + size[0], left : left + size[1]]
