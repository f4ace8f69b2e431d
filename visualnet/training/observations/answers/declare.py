"""What a network says of a few samples, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.core.graph import Port
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.observed.small_multiples import Pane, PaneLine, SmallMultiplesChart
from visualnet.figures.prediction import rgb_levels
from visualnet.layers.declaration.params import count
from visualnet.training.observations.answers.fields import find_class_field
from visualnet.training.observations.answers.images import (
    chosen_batch,
    chosen_places,
    image_field,
    in_data_units,
    looks_of_same,
    sample_names,
)
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

    from visualnet.training.observations.context import ObservationContext

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
    why_none = "The first output is no row of classes or numbers: for images see samples and reconstructions."

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        port = answer_port(analysis)
        if port is None or port.node not in analysis.main.nodes:
            return []
        spec = analysis.main.nodes[port.node].leaving.get(port.port)
        return [NETWORK] if spec is not None and spec.batched and len(spec.shape) == 1 and spec.dtype == "float" else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.training.observations.answers.scores import as_probabilities
        from visualnet.training.observations.context import as_array

        places = chosen_places(context, self.samples)
        batch = chosen_batch(context, places)
        scores = context.scores(batch)
        path, port = context.scores_port
        holds = context.model.analysis.at(path).leaving[port].holds
        field = find_class_field(context.model.analysis)
        names = context.class_names if field else ()
        shares = as_probabilities(scores.float(), holds, len(names))
        arrays = {"places": places, **_thumbnails(context, places)}
        if shares is not None:
            arrays["probabilities"] = as_array(shares)
            truth = context.data.fetch(places, [field])[field].reshape(len(places)).astype(np.int64)
            if context.own:
                truth[0] = -1  # what a person made has no class
            arrays["truth"] = truth
            texts = _texts(context, batch)
            return Result(arrays, {"classes": tuple(names), "texts": texts, "names": sample_names(context, places)})
        arrays["values"] = as_array(scores[:, :MOST_NUMBERS])
        targets = [
            name
            for name in context.model.analysis.target_fields()
            if context.data.fields[name].size == scores[0].numel()
        ]
        if targets and context.data.fields[targets[0]].dtype == "float":
            arrays["truth"] = as_array(batch[targets[0]].reshape(len(places), -1)[:, :MOST_NUMBERS])
            if context.own:
                arrays["truth"][0] = np.nan
        more = scores.shape[1] - MOST_NUMBERS
        note = f"{more} more numbers of each answer are not shown." if more > 0 else ""
        return Result(arrays, {"names": sample_names(context, places)}, note)

    def draw(self, result: Result, history: History) -> Chart:
        name = "probabilities" if "probabilities" in result.arrays else "values"
        looks = looks_of_same(history, result, name)
        steps = np.array([step for step, _ in looks], float)
        values = np.stack([one.arrays[name] for _, one in looks])
        if name == "values":
            return self._draw_numbers(result, steps, values)
        names = result.words["classes"]
        panes = [self._make_pane(result, values, at) for at in range(values.shape[1])]
        shown = {names.index(line.name) for pane in panes for line in pane.lines}
        legend = tuple((names[c], c) for c in sorted(shown))
        return SmallMultiplesChart(tuple(panes), steps, "step", "probability", (0.0, 1.0), legend)

    def _make_pane(self, result: Result, values: NDArray[Any], at: int) -> Pane:
        """The field of one sample: lines of its most probable classes, and whether the network is right now."""
        names, true = result.words["classes"], int(result.arrays["truth"][at])
        is_known = 0 <= true < len(names)
        order = np.argsort(-values[:, at].max(0), kind="stable")[: self.classes].tolist()
        chosen = sorted({true, *order} if is_known else set(order))
        lines = tuple(PaneLine(names[c], values[:, at, c], c, c == true) for c in chosen)
        best = int(np.nan_to_num(values[-1, at]).argmax())
        title = f"says “{names[best]}”"
        if is_known:
            title = f"“{names[true]}” ✓" if best == true else f"“{names[true]}” ✗ {title}"
        texts, words = result.words.get("texts", ()), result.words["names"][at]
        if texts:  # they say more than the name of the class, which its thick line tells
            title = f"{'✓ ' if best == true else '✗ ' if is_known else ''}{texts[at]}"
            words = f"{words}: {texts[at]}"
        return Pane(title, lines, _thumbnail(result, at), words=words)

    def _draw_numbers(self, result: Result, steps: NDArray[Any], values: NDArray[Any]) -> Chart:
        truth = result.arrays.get("truth")
        panes = []
        for at, name in enumerate(result.words["names"]):
            count = values.shape[2]
            lines = tuple(
                PaneLine(f"number {i}" if count > 1 else "answer", values[:, at, i], i, count == 1)
                for i in range(count)
            )
            guide = float(truth[at, 0]) if truth is not None and count == 1 and np.isfinite(truth[at, 0]) else None
            panes.append(Pane(name, lines, _thumbnail(result, at), guide))
        every = values if truth is None else np.concatenate([values.reshape(-1), truth.reshape(-1)])
        finite = every[np.isfinite(every)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        room = (high - low) * 0.06 or 0.5
        return SmallMultiplesChart(tuple(panes), steps, "step", "answer", (low - room, high + room))


def _texts(context: ObservationContext, batch: Mapping[str, Tensor]) -> tuple[str, ...]:
    """The samples in words, where they are text; their beginning."""
    from visualnet.training.observations.attribution.sample_parts import spell_tokens

    field = next((name for name in context.input_fields if context.data.fields[name].dtype == "int"), "")
    if not field:
        return ()
    values = batch[field].cpu().numpy()
    return tuple(" ".join(filter(None, spell_tokens(context.data, field, one)))[:MOST_LETTERS] for one in values)


def _thumbnails(context: ObservationContext, places: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The samples as small pictures, where they are images."""
    field = image_field(context)
    if not field:
        return {}
    images = context.data.fetch(places, [field])[field]
    if context.own.get(field) is not None:
        images = images.copy()
        images[0] = in_data_units(context, field, context.own[field])[0]
    stride = -(-max(images.shape[2:]) // THUMBNAIL)
    small = images[:, :, ::stride, ::stride]
    return {"pictures": np.stack([rgb_levels(np.repeat(one, 3 // len(one), 0)) for one in small])}


def _thumbnail(result: Result, at: int) -> NDArray[np.uint8] | None:
    pictures = result.arrays.get("pictures")
    return pictures[at] if pictures is not None else None
