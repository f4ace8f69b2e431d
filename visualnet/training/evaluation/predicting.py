"""Compute what a network answers to a part of its data, and what is true there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.data.regions.region_samples import find_regions
from visualnet.data.streaming.readable import fetch_readable
from visualnet.data.tensors import Tensors
from visualnet.layers.declaration.layer import Spec
from visualnet.training.decoding.free_running import write_freely
from visualnet.training.evaluation.answers import Answer, find_answers, scores_of
from visualnet.training.evaluation.metrics.boxes import match_boxes
from visualnet.training.evaluation.prediction_set import KIND, ODD, USUAL, PredictionSet
from visualnet.training.evaluation.scenes.judging import judge_scenes
from visualnet.training.evaluation.tasks import OF_YES_OR_NO, TASKS, check_room, find_task, join_parts
from visualnet.training.observations.context import plain_fields

Array = NDArray[Any]
BATCH = 128
OF_REGIONS, OF_TEXTS = 0.4, 0.2
"""Where samples are regions of scenes, to answer them is about so much of the work, and the rest to look at whole scenes; where texts are
written, what they are told is so much, and the rest is what is written freely."""
MOST_COLUMNS = 64
"""Inputs with more numbers than these are no columns that anybody would look at one by one."""


def predict(
    model: Model, data: Loaded, index: Array, check: Callable[[float], None] = lambda share: None
) -> tuple[PredictionSet, ...]:
    """Every answer of the network to the samples at these indices.

    Raises:
        ValueError: nothing can be judged, or the answers take too much memory.
    """
    answers = tuple(_look_at_target(answer, model, data, index) for answer in find_answers(model.plan))
    view = model.view([((port.node,), port.port) for a in answers for port in (a.prediction, a.target)])
    view.eval()
    tensors = Tensors(data, model.fields, model.device, plain_fields(model))
    parts: list[list[dict[str, Array]]] = [[] for _ in answers]
    samples: list[Array] = []
    written = [scores_of(answer) for answer in answers]
    first = OF_REGIONS if find_regions(data.samples) is not None else OF_TEXTS if any(written) else 1.0
    size = max(min(BATCH, model.project.recipe.batch_size * 2), 1)
    try:
        tensors.expect(index, size)
        with torch.inference_mode():
            for at in range(0, len(index), size):
                check(first * at / len(index))
                chosen = index[at : at + size]
                batch = tensors.batch(tensors.indices(chosen))
                if not len(batch[0]):
                    continue  # none of them can be read
                values = [_array(value) for value in view(*batch)]
                for number, answer in enumerate(answers):
                    said, true = values[2 * number : 2 * number + 2]
                    parts[number].append(find_task(answer).read(answer, said, true))
                samples.append(chosen[tensors.left_out.keep(chosen)])  # some of them cannot be read
                if len(samples) == 1:
                    check_room(sum(a.nbytes for part in parts for a in part[0].values()), len(chosen), len(index))
    finally:
        tensors.close()
    if not samples:
        raise ValueError("no sample of this part can be read: look the data through again")
    every = np.concatenate(samples)
    columns = find_columns(model, data, every)
    joined = [join_parts(part) for part in parts]
    for number, (scores, arrays) in enumerate(zip(written, joined, strict=True)):

        def told(share: float, number: int = number) -> None:
            check(first + (1 - first) * (number + share) / len(answers))

        arrays |= write_freely(model, data, scores, every, told)
    found = [
        _make_predictions(answer, data, every, arrays, columns) for answer, arrays in zip(answers, joined, strict=True)
    ]
    found = [_objects_alone(predictions, answer, data) for predictions, answer in zip(found, answers, strict=True)]
    scenes = judge_scenes(model, data, index, lambda share: check(first + (1 - first) * share))
    return (*([scenes] if scenes is not None else []), *_join_boxes(answers, [*found]))


def _look_at_target(answer: Answer, model: Model, data: Loaded, index: Array) -> Answer:
    """The answer with whether its target is flags, where that is a question: of the samples at the beginning, unless an input of the
    network is its own target."""
    shown = {model.plan.fields[step.id] for step in model.plan.main.inputs if step.role == "input"}
    asks = answer.kind in OF_YES_OR_NO and len(answer.target_shape) == 1 and answer.field not in ("", *shown)
    if not asks:
        return answer
    values = data.known(answer.field)
    if values is not None:
        chosen = values[index]
    else:
        readable = fetch_readable(data.samples, index[:BATCH], (answer.field,))
        chosen = np.asarray(readable.batch[answer.field]) if readable.batch else np.zeros(0)
    flags = np.isin(chosen, (0, 1, -1, answer.ignored)) | ~np.isfinite(chosen)
    return answer._replace(are_flags=bool(flags.all()))


def find_columns(model: Model, data: Loaded, index: Array) -> dict[str, Array]:
    """What is known of each sample beside its answer: the inputs that are few numbers, by name, and its class."""
    found: dict[str, Array] = {}
    main = model.plan.main
    inputs = dict.fromkeys(model.plan.fields[step.id] for step in main.inputs if step.role == "input")
    for name in inputs:
        spec = data.fields.get(name)
        if spec is None or spec.dtype != "float" or len(spec.shape) != 1 or spec.shape[0] > MOST_COLUMNS:
            continue
        values = data.fetch(index, (name,))[name]
        for number, title in enumerate(_column_names(spec, name)):
            found[title] = values[:, number].astype(np.float32)
    if "label" in data.fields and data.classes and not data.fields["label"].shape:
        label = data.fetch(index, ("label",))["label"]
        found["class"] = np.array([*data.classes, "?"])[np.where((label >= 0) & (label < len(data.classes)), label, -1)]
        trained = data.known("label")
        if trained is not None and not (usual := np.isin(label, trained[data.train])).all():
            found[KIND] = np.where(usual, USUAL, ODD)
    return found


def _column_names(spec: Spec, field: str) -> list[str]:
    """The names of the columns of a table, where its source tells them; else the field's with a number."""
    count = int(spec.shape[0])
    known = [column.name for column in spec.columns]
    if len(known) == count and all(known):
        return known
    return [field if count == 1 else f"{field} {number + 1}" for number in range(count)]


def _make_predictions(
    answer: Answer, data: Loaded, samples: Array, arrays: dict[str, Array], columns: dict[str, Array]
) -> PredictionSet:
    kind = find_task(answer)
    count = kind.class_count(answer)
    # A network may tell more classes apart than the data have: those have no name.
    named = data.classes if len(data.classes) == count or answer.field == "label" else ()
    classes = (*named, *map(str, range(len(named), count)))[:count]
    if kind.name == "labels" and answer.field in data.fields:
        classes = tuple(_column_names(data.fields[answer.field], "label"))
    if kind.name == "binary" and len(data.classes) != 2:
        classes = ("no", "yes")
    predictions = PredictionSet(answer.name, kind.name, samples, classes, arrays, answer.kind != "scores", columns)
    asked = _asked(predictions)
    return predictions if asked.all() else predictions.take(np.flatnonzero(asked))


def _objects_alone(predictions: PredictionSet, answer: Answer, data: Loaded) -> PredictionSet:
    """Of how regions are to be moved: those of objects; background has no true box."""
    if answer.field != "refinement" or find_regions(data.samples) is None:
        return predictions
    there = np.flatnonzero(data.fetch(predictions.samples, ("is_object",))["is_object"] > 0)
    return predictions.take(there) if len(there) else predictions


def _asked(predictions: PredictionSet) -> Array:
    """Whether each sample is asked at all: some have no target."""
    if predictions.task in ("classes", "binary"):
        truth = predictions.arrays["truth"]
        return np.asarray((truth >= 0) & (truth < len(predictions.classes)))
    if predictions.task == "labels":
        return np.asarray((predictions.arrays["truth"] >= 0).any(1))
    if "asked" in predictions.arrays:
        return np.asarray(predictions.arrays["asked"] > 0)
    return np.ones(predictions.size, bool)


def _join_boxes(answers: tuple[Answer, ...], found: list[PredictionSet]) -> list[PredictionSet]:
    """Boxes with what is in them, where another answer says it; that one is then no answer of its own."""
    boxes = next((i for i, predictions in enumerate(found) if predictions.task == TASKS["boxes"].name), None)
    if boxes is None:
        return found
    labels = next(
        (i for i, a in enumerate(answers) if a.field == "box_labels" and found[i].task == TASKS["tokens"].name), None
    )
    one = found[boxes]
    shape = one.arrays["truth"].shape[:2]
    sides = one.arrays["truth"][..., 2:] - one.arrays["truth"][..., :2]
    there = (sides > 0).all(-1)
    arrays: dict[str, Array] = {
        **one.arrays,
        "sure": np.ones(shape, np.float32),
        "said_labels": np.zeros(shape, np.int32),
        "true_labels": np.zeros(shape, np.int32),
        "true_there": np.asarray(there),
        "said_there": np.ones(shape, bool),
    }
    if labels is not None and found[labels].size == one.size:
        other = found[labels].arrays
        arrays |= {"sure": other["sure"].astype(np.float32), "said_labels": other["said"]}
        arrays |= {"true_labels": np.maximum(other["truth"], 0), "true_there": there & (other["truth"] >= 0)}
    arrays["badness"] = np.array([_missed(arrays, row) for row in range(one.size)])
    classes = found[labels].classes if labels is not None else ("object",)
    joined = PredictionSet(one.name, one.task, one.samples, classes, arrays, one.has_probabilities, one.columns)
    return [joined if i == boxes else predictions for i, predictions in enumerate(found) if i != labels]


def _missed(arrays: dict[str, Array], row: int) -> float:
    """The share of the true boxes of a picture that no answered one half covers."""
    true = arrays["truth"][row][arrays["true_there"][row]]
    hits = match_boxes(arrays["said"][row], arrays["sure"][row], true, 0.5)
    return float(1 - hits.sum() / len(true)) if len(true) else 0.0


def _array(tensor: torch.Tensor) -> Array:
    plain = tensor.detach().to("cpu")
    return np.asarray((plain.float() if plain.is_floating_point() else plain).numpy())
