"""What stands at the wires of the canvas at a moment of the walk: values and gradients in few characters."""

from __future__ import annotations

from collections.abc import Sequence

from visualnet.app.features.backprop.canvas_marks import Marks
from visualnet.core.text.format import format_number
from visualnet.training.stepping.schedule import TITLES, Moment, known_gradients, known_values, operation_at
from visualnet.training.stepping.values import Array, Passes

MOST = 3
"""So many numbers stand at a wire; of more, the first ones and the size."""


def mark_moment(passes: Passes, done: Sequence[Moment]) -> Marks:
    """What is marked after these moments, the last of which is in turn."""
    moment = done[-1]
    operation = operation_at(passes, moment)
    values, gradients = known_values(passes, done), known_gradients(passes, done)
    shown = {place: number for place, number in passes.places.items() if place[1]}
    found = {place: shorten_values(passes.values[n].value, passes.samples) for place, n in shown.items() if n in values}
    back = {
        place: shorten_values(gradient, passes.samples, "∂L")
        for place, n in shown.items()
        if n in gradients and (gradient := passes.values[n].gradient) is not None
    }
    return Marks(operation.path, TITLES[moment.phase], found, back)


def shorten_values(values: Array, samples: int, before: str = "") -> str:
    """The first numbers of a tensor below each other, and its size where there are more."""
    shape = values.shape[1:] if samples == 1 and values.ndim and values.shape[0] == 1 else values.shape
    flat = values.reshape(-1)
    lines = [format_number(float(value)) for value in flat[:MOST]]
    if before:
        lines = [f"{before} {lines[0]}"] if len(lines) == 1 else [before, *lines]
    return "\n".join(lines if flat.size <= MOST else [*lines, f"… {'×'.join(map(str, shape))}"])
