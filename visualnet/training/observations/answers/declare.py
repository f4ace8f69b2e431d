"""What a network says of a few samples, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.panes import Line, Pane, PanesChart
from visualnet.figures.prediction import rgb_levels
from visualnet.layers.declaration.params import count
from visualnet.training.observations.answers.fields import find_class_field
from visualnet.training.observations.answers.images import chosen_places, image_field, in_data_units, looks_of_same
from visualnet.training.observations.observation import (
    NETWORK,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.observations.lens import Lens

THUMBNAIL = 32
"""Samples are kept with so many pixels a side at most beside their probabilities."""
MOST_LETTERS = 120
"""So much of a text is told."""
MOST_NUMBERS = 8
"""Of an answer of more numbers the first are shown."""


def answer_port(analysis: Analysis) -> Port | None:
    """Where the first answer leaves."""
    for facts in analysis.main.sinks("output"):
        found = [source for port, source in analysis.main.graph.wires.items() if port.node == facts.node.id]
        if found:
            return found[0]
    return None


@observation("predictions", "Predictions over time", "Samples", about="network", keeps=200)
class PredictionsOverTime(Observation):
    """What the network says of a few samples, step by step: a probability for each class, or the numbers that it answers."""

    drawn_by = frozenset({"classes"})
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
            return Result(arrays, {"classes": tuple(names), "texts": _texts(lens, places)})
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
        looks = looks_of_same(history, result, name)
        steps = np.array([step for step, _ in looks], float)
        values = np.stack([one.arrays[name] for _, one in looks])
        if name == "values":
            return self._draw_numbers(result, steps, values)
        names, truth, last = result.words["classes"], result.arrays["truth"], values[-1]
        texts = result.words.get("texts", ())
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
            text = texts[at] if at < len(texts) else ""
            words = f"sample {place}: {text}" if text else f"sample {place}"
            if text:  # the words say more than the name of the class, which its thick line tells
                title = f"{sign[0]} {text}"
            panes.append(Pane(title, lines, _thumbnail(result, at), words=words))
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


def _texts(lens: Lens, places: NDArray[np.int64]) -> tuple[str, ...]:
    """The samples in words, where they are text; their beginning."""
    from visualnet.training.observations.attribution.sample_parts import spell_tokens

    field = next((name for name in lens.input_fields if lens.data.fields[name].dtype == "int"), "")
    if not field:
        return ()
    values = lens.data.fetch(places, [field])[field]
    return tuple(" ".join(filter(None, spell_tokens(lens.data, field, one)))[:MOST_LETTERS] for one in values)


def _thumbnails(lens: Lens, places: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The samples as small pictures, where they are images."""
    field = image_field(lens)
    if not field:
        return {}
    images = lens.data.fetch(places, [field])[field]
    if lens.own.get(field) is not None:
        images = images.copy()
        images[0] = in_data_units(lens, field, lens.own[field])[0]
    stride = -(-max(images.shape[2:]) // THUMBNAIL)
    small = images[:, :, ::stride, ::stride]
    return {"pictures": np.stack([rgb_levels(np.repeat(one, 3 // len(one), 0)) for one in small])}


def _thumbnail(result: Result, at: int) -> NDArray[np.uint8] | None:
    pictures = result.arrays.get("pictures")
    return pictures[at] if pictures is not None else None
