"""Images that a network is given or makes, as pictures in the units of the data; and looks at the same samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.training.observations.answers.fields import held_against
from visualnet.training.observations.observation import History, Result, Subject

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.context import ObservationContext

PICTURE = 96
"""Pictures are kept with so many pixels a side at most."""
IMAGE_CHANNELS = (1, 3)
LEAST_EDGE = 6
"""What has fewer pixels a side is no picture."""


def is_image(shape: tuple[int, ...]) -> bool:
    """Whether something of this shape (C, H, W) can be seen as a picture, grey or in colours."""
    return len(shape) == 3 and shape[0] in IMAGE_CHANNELS and min(shape[1:]) >= LEAST_EDGE


def image_outputs(analysis: Analysis) -> list[Subject]:
    """Where answers leave that are images of one or three channels."""
    found: list[Subject] = []
    for facts in analysis.main.sinks("output"):
        for port, source in analysis.main.graph.wires.items():
            node = analysis.main.nodes.get(source.node)
            spec = node.leaving.get(source.port) if node is not None and port.node == facts.node.id else None
            if spec is not None and spec.batched and is_image(tuple(map(int, spec.shape))):
                found.append(((source.node,), source.port))
    return list(dict.fromkeys(found))


def image_field(context: ObservationContext) -> str:
    """The first input that is an image; empty if there is none."""
    shapes = {name: context.data.fields[name].shape for name in context.input_fields}
    return next((n for n, s in shapes.items() if is_image(tuple(map(int, s)))), "")


def chosen_places(context: ObservationContext, count: int) -> NDArray[np.int64]:
    """The chosen sample first, then others of the validation set, always the same ones."""
    others = [int(place) for place in context.places(count) if place != context.place]
    return np.array([context.place, *others][:count], np.int64)


def sample_names(context: ObservationContext, places: Sequence[int] | NDArray[np.int64]) -> tuple[str, ...]:
    """What the samples are called, the first of which is the chosen one, or one that a person made."""
    names = [f"sample {int(place)}" for place in places]
    return ("your own sample", *names[1:]) if context.own else tuple(names)


def chosen_batch(context: ObservationContext, places: NDArray[np.int64]) -> dict[str, Tensor]:
    """These samples as the network is given them; one that a person made stands in for the first."""
    import torch

    batch = context.batch(places)
    return batch | {name: torch.cat([value, batch[name][1:]]) for name, value in context.own.items()}


def looks_of_same(history: History, result: Result, name: str) -> list[tuple[int, Result]]:
    """The looks at the same samples, one for each step, the oldest first."""
    now = result.arrays
    found = {
        step: one
        for step, one in history
        if name in one.arrays
        and one.arrays[name].shape == now[name].shape
        and np.array_equal(one.arrays["places"], now["places"])
    }
    return sorted(found.items(), key=lambda look: look[0])


def in_data_units(context: ObservationContext, field: str, values: Tensor) -> NDArray[np.float32]:
    """A field as the network is given it, as the data hold it: not normalised."""
    from visualnet.training.observations.context import as_array, plain_fields

    numbers = as_array(values)
    if field not in context.data.mean or field in plain_fields(context.model):
        return numbers
    return np.asarray(numbers * context.data.std[field] + context.data.mean[field], np.float32)


def made_in_data_units(context: ObservationContext, subject: Subject, made: Tensor) -> NDArray[np.float32]:
    """What was made in the units of the field that a loss holds it against; logits as probabilities."""
    kind, field = held_against(context.model.analysis, Port(subject[0][-1], subject[1]))
    return in_data_units(context, field, made.sigmoid() if kind == "binary_logits" else made)


def small_images(images_NCHW: NDArray[Any]) -> NDArray[np.float32]:
    """Images (sample, row, column, channel), of at most `PICTURE` pixels a side."""
    stride = -(-max(images_NCHW.shape[2:]) // PICTURE)
    return np.ascontiguousarray(np.moveaxis(images_NCHW[:, :, ::stride, ::stride], 1, -1), np.float32)


def resize(images_NHWC: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Images at another size, by the nearest pixel, and with as many channels."""
    high, wide, channels = shape
    down = np.arange(high) * images_NHWC.shape[1] // high
    across = np.arange(wide) * images_NHWC.shape[2] // wide
    sized = images_NHWC[:, down][:, :, across]
    if sized.shape[-1] == channels:
        return sized
    grey = sized.mean(-1, keepdims=True)
    return np.repeat(grey, channels, -1)


def shade_ends(images: Sequence[NDArray[Any]]) -> tuple[float, float]:
    """What black and white stand for: the least value, or zero, and the greatest."""
    every = np.concatenate([array.reshape(-1) for array in images])
    finite = every[np.isfinite(every)]
    low, high = (min(float(finite.min()), 0.0), float(finite.max())) if finite.size else (0.0, 1.0)
    return low, high if high > low else low + 1.0
