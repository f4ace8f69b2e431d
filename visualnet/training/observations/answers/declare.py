"""What a network says of a few samples, step by step; and what autoencoders and generators make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.panes import Line, Pane, PanesChart
from visualnet.figures.charts.observed.picture_rows import PictureRow, PictureRows
from visualnet.figures.prediction import rgb_levels
from visualnet.layers.declaration.params import choice, count, flag
from visualnet.training.observations.answers.fields import find_class_field, held_against
from visualnet.training.observations.comparing import SCALE
from visualnet.training.observations.observation import (
    NETWORK,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.training.observations.lens import Lens

THUMBNAIL = 32
"""Samples are kept with so many pixels a side at most beside their probabilities."""
PICTURE = 96
MOST_NUMBERS = 8
"""Of an answer of more numbers the first are shown."""
IMAGE_CHANNELS = (1, 3)
LEAST_EDGE = 6
"""What has fewer pixels a side is no picture."""


def answer_port(analysis: Analysis) -> Port | None:
    """Where the first answer leaves."""
    for facts in analysis.main.sinks("output"):
        found = [source for port, source in analysis.main.graph.wires.items() if port.node == facts.node.id]
        if found:
            return found[0]
    return None


def chosen_places(lens: Lens, count: int) -> NDArray[np.int64]:
    """The chosen sample first, then others of the validation set, always the same ones."""
    others = [int(place) for place in lens.places(count) if place != lens.place]
    return np.array([lens.place, *others][:count], np.int64)


def shape_of(analysis: Analysis, subject: Subject) -> tuple[int, ...]:
    """The shape of a sample at an output port."""
    return tuple(map(int, analysis.at(subject[0]).leaving[subject[1]].shape))


@observation("predictions", "Predictions over time", "Samples", about="network", keeps=200)
class PredictionsOverTime(Observation):
    """What the network says of a few samples, step by step: a probability for each class, or the numbers that it answers."""

    reading = (
        "Each field is a sample, each line a class; the thick line is the true one, and it should climb to 1. "
        "Lines that cross late are hard samples; one that was right and turns wrong has been forgotten."
    )
    samples: int = count(6, "So many samples; the chosen one first.", high=24)
    classes: int = count(4, "So many classes of each sample have a line, beside the true one.", high=12)

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        port = answer_port(analysis)
        if port is None or port.node not in analysis.main.nodes:
            return []
        spec = analysis.main.nodes[port.node].leaving.get(port.port)
        return [NETWORK] if spec is not None and spec.batched and len(spec.shape) == 1 and spec.dtype == "float" else []

    @classmethod
    def why_none(cls) -> str:
        return "The first output is no row of classes or numbers: for images see samples and reconstructions."

    def compute(self, lens: Lens, subject: Subject) -> Result:
        from visualnet.training.observations.answers.scores import as_probabilities
        from visualnet.training.observations.lens import as_array

        places = chosen_places(lens, self.samples)
        scores = lens.scores(lens.batch(places))
        path, port = lens.scores_port
        holds = lens.model.analysis.at(path).leaving[port].holds
        field = find_class_field(lens.model.analysis)
        names = lens.class_names if field else ()
        shares = as_probabilities(scores.float(), holds, len(names))
        arrays = {"places": places, **_thumbnails(lens, places)}
        if shares is not None:
            arrays["probabilities"] = as_array(shares)
            arrays["truth"] = lens.data.fetch(places, [field])[field].reshape(len(places)).astype(np.int64)
            return Result(arrays, {"classes": tuple(names)})
        arrays["values"] = as_array(scores[:, :MOST_NUMBERS])
        targets = [
            name for name in lens.model.analysis.target_fields() if lens.data.fields[name].size == scores[0].numel()
        ]
        if targets and lens.data.fields[targets[0]].dtype == "float":
            arrays["truth"] = lens.batch(places)[targets[0]].reshape(len(places), -1)[:, :MOST_NUMBERS].cpu().numpy()
        more = scores.shape[1] - MOST_NUMBERS
        return Result(arrays, note=f"{more} more numbers of each answer are not shown." if more > 0 else "")

    def draw(self, result: Result, history: History) -> Chart:
        name = "probabilities" if "probabilities" in result.arrays else "values"
        looks = _looks_of_same(history, result, name)
        steps = np.array([step for step, _ in looks], float)
        values = np.stack([one.arrays[name] for _, one in looks])
        if name == "values":
            return self._draw_numbers(result, steps, values)
        names, truth, last = result.words["classes"], result.arrays["truth"], values[-1]
        panes, shown = [], set[int]()
        for at, place in enumerate(result.arrays["places"].tolist()):
            true = int(truth[at])
            order = np.argsort(-values[:, at].max(0), kind="stable")[: self.classes].tolist()
            chosen = sorted({true, *order} if 0 <= true < len(names) else set(order))
            shown |= set(chosen)
            lines = tuple(Line(names[c], values[:, at, c], c, c == true) for c in chosen)
            best = int(np.nan_to_num(last[at]).argmax())
            sign = "✓" if best == true else f"✗ says “{names[best]}”"
            title = f"“{names[true]}” {sign}" if 0 <= true < len(names) else f"says “{names[best]}”"
            panes.append(Pane(title, lines, _thumbnail(result, at), words=f"sample {place}"))
        legend = tuple((names[c], c) for c in sorted(shown))
        return PanesChart(tuple(panes), steps, "step", "probability", (0.0, 1.0), legend)

    def _draw_numbers(self, result: Result, steps: NDArray[Any], values: NDArray[Any]) -> Chart:
        truth = result.arrays.get("truth")
        panes = []
        for at, place in enumerate(result.arrays["places"].tolist()):
            count = values.shape[2]
            lines = tuple(
                Line(f"number {i}" if count > 1 else "answer", values[:, at, i], i, count == 1) for i in range(count)
            )
            guide = float(truth[at, 0]) if truth is not None and count == 1 else None
            panes.append(Pane(f"sample {place}", lines, _thumbnail(result, at), guide))
        every = values if truth is None else np.concatenate([values.reshape(-1), truth.reshape(-1)])
        finite = every[np.isfinite(every)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        room = (high - low) * 0.06 or 0.5
        return PanesChart(tuple(panes), steps, "step", "answer", (low - room, high + room))


def _looks_of_same(history: History, result: Result, name: str) -> list[tuple[int, Result]]:
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


def _image_field(lens: Lens) -> str:
    """The first input that is an image; empty if there is none."""
    shapes = {name: lens.data.fields[name].shape for name in lens.input_fields}
    return next((n for n, s in shapes.items() if is_image(tuple(map(int, s)))), "")


def is_image(shape: tuple[int, ...]) -> bool:
    """Whether something of this shape (C, H, W) can be seen as a picture, grey or in colours."""
    return len(shape) == 3 and shape[0] in IMAGE_CHANNELS and min(shape[1:]) >= LEAST_EDGE


def _thumbnails(lens: Lens, places: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The samples as small pictures, where they are images."""
    field = _image_field(lens)
    if not field:
        return {}
    images = lens.data.fetch(places, [field])[field]
    if lens.own.get(field) is not None:
        images = images.copy()
        images[0] = _in_data_units(lens, field, lens.own[field])[0]
    stride = -(-max(images.shape[2:]) // THUMBNAIL)
    small = images[:, :, ::stride, ::stride]
    return {"pictures": np.stack([rgb_levels(np.repeat(one, 3 // len(one), 0)) for one in small])}


def _thumbnail(result: Result, at: int) -> NDArray[np.uint8] | None:
    pictures = result.arrays.get("pictures")
    return pictures[at] if pictures is not None else None


def _in_data_units(lens: Lens, field: str, values: Tensor) -> NDArray[np.float32]:
    """A field as the network is given it, as the data hold it: not normalised."""
    from visualnet.training.observations.lens import as_array, plain_fields

    numbers = as_array(values)
    if field not in lens.data.mean or field in plain_fields(lens.model):
        return numbers
    return np.asarray(numbers * lens.data.std[field] + lens.data.mean[field], np.float32)


@observation("reconstructions", "Samples and reconstructions", "Samples", about="output", keeps=40)
class Reconstructions(Observation):
    """Images that the network makes: below the samples that went in, or by themselves, also at earlier steps."""

    reading = (
        "Above is what goes in, below what the network makes of it; the rows between are what it made at earlier steps. "
        "What is missing below did not pass through the narrow middle: blur means that the network answers the mean of many images."
    )
    samples: int = count(8, "So many samples; the chosen one first.", high=32)
    looks: int = count(3, "So many earlier steps have a row.", low=0, high=12)
    difference: bool = flag(False, "A last row shows where output and input differ.")
    scale: str = choice("picture", "What black and white are the scale of.", SCALE)

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        found: list[Subject] = []
        for facts in analysis.main.sinks("output"):
            for port, source in analysis.main.graph.wires.items():
                node = analysis.main.nodes.get(source.node)
                spec = node.leaving.get(source.port) if node is not None and port.node == facts.node.id else None
                if spec is not None and spec.batched and is_image(tuple(map(int, spec.shape))):
                    found.append(((source.node,), source.port))
        return list(dict.fromkeys(found))

    @classmethod
    def why_none(cls) -> str:
        return (
            "No output of this network is an image of one or three channels: this is for autoencoders and generators."
        )

    def compute(self, lens: Lens, subject: Subject) -> Result:
        import torch

        places = chosen_places(lens, self.samples)
        batch = lens.batch(places)
        for name, value in lens.own.items():
            batch[name] = torch.cat([value, batch[name][1:]])
        made = lens.values([subject], batch)[subject]
        arrays: dict[str, NDArray[Any]] = {"places": places, "made": _small(self._in_units(lens, subject, made))}
        field = _image_field(lens)
        if field:
            arrays["given"] = _small(_in_data_units(lens, field, batch[field]))
        return Result(arrays)

    def _in_units(self, lens: Lens, subject: Subject, made: Tensor) -> NDArray[np.float32]:
        """What was made in the units of the field that a loss holds it against; logits as probabilities."""
        kind, field = held_against(lens.model.analysis, Port(subject[0][-1], subject[1]))
        if kind == "binary_logits":
            made = made.sigmoid()
        return _in_data_units(lens, field, made)

    def draw(self, result: Result, history: History) -> Chart:
        made, given = result.arrays["made"], result.arrays.get("given")
        looks = _looks_of_same(history, result, "made")
        before = looks[:-1]
        if len(before) > self.looks:
            before = [before[int(i)] for i in np.linspace(0, len(before), self.looks, endpoint=False)]
        rows = [PictureRow("input", given)] if given is not None else []
        rows += [PictureRow(f"step {step:,}", one.arrays["made"]) for step, one in before]
        rows.append(PictureRow(f"step {looks[-1][0]:,}", made))
        same = given is not None and given.shape == made.shape
        names = tuple(str(place) for place in result.arrays["places"].tolist())
        if self.difference and same and given is not None:
            gap = np.abs(made - given).mean(-1, keepdims=True)
            rows.append(PictureRow("difference", np.repeat(gap, made.shape[-1], -1)))
        if given is not None and not same:
            rows = [row._replace(images=resize(row.images, made.shape[1:])) for row in rows]
        kept = [one.arrays["made"] for _, one in looks] if self.scale == "kept" else [made]
        every = np.concatenate([array.reshape(-1) for array in (*kept, *([given] if given is not None else []))])
        finite = every[np.isfinite(every)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        low = min(low, 0.0)
        return PictureRows(tuple(rows), names, (low, high if high > low else low + 1.0), "shade", grey=True)


def _small(images_NCHW: NDArray[Any]) -> NDArray[np.float32]:
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
