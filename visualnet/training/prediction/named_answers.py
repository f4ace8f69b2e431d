"""What a network answers, with the names of its classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_percent
from visualnet.training.evaluation.answers import Answer, find_answers
from visualnet.training.evaluation.tasks import OF_YES_OR_NO, find_task, sigmoid, softmax

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.compiling.module import Model
    from visualnet.data.declare import DataSet

Array = NDArray[Any]
MOST_SHOWN = 8


class NamedAnswer(NamedTuple):
    """The answer of a network to one sample: the most probable class with the probabilities of all (empty where none is asked), or its
    numbers. Where several labels may hold at once, ``label`` is empty and each has its probability."""

    label: str
    probabilities: Mapping[str, float]
    values: tuple[float, ...]

    @property
    def probability(self) -> float:
        """How probable the class is; 1 where none is asked."""
        return self.probabilities.get(self.label, 1.0)

    @property
    def holding(self) -> tuple[str, ...]:
        """Where several labels are asked: those that hold, with more than one half."""
        return () if self.label else tuple(name for name, share in self.probabilities.items() if share > 0.5)

    def describe(self) -> str:
        """The answer in a line: ``setosa (97 %)``, several labels, or numbers."""
        if self.probabilities and not self.label:
            found = [f"{name} ({format_percent(self.probabilities[name], 0)})" for name in self.holding]
            return ", ".join(found) or "none of the labels"
        if self.label:
            return f"{self.label} ({format_percent(self.probability, 0)})"
        more = " …" if len(self.values) > MOST_SHOWN else ""
        return ", ".join(format_number(value, 4) for value in self.values[:MOST_SHOWN]) + more


def name_answers(model: Model, answer: Tensor | Mapping[str, Tensor], source: DataSet) -> dict[str, list[NamedAnswer]]:
    """What the network answered to each sample, by output. Where its output is held against classes or labels, in its loss or a metric,
    they are named as in these data; anything else is numbers."""
    tensors = answer if isinstance(answer, Mapping) else {model.outputs[0]: answer}
    return {
        name: _name_all(model, name, np.asarray(tensor.detach().to("cpu").float()), source)
        for name, tensor in tensors.items()
    }


def _name_all(model: Model, output: str, values: Array, source: DataSet) -> list[NamedAnswer]:
    flat = [tuple(map(float, row)) for row in values.reshape(len(values), -1)]
    held = _find_held(model, output)
    if held is not None and (labels := _label_names(held, source)):
        yes = sigmoid(values) if held.kind == "binary_logits" else values
        return [
            NamedAnswer("", dict(zip(labels, map(float, row), strict=True)), given)
            for row, given in zip(yes, flat, strict=True)
        ]
    shares = _class_shares(model, output, values, held)
    if shares is None:
        return [NamedAnswer("", {}, given) for given in flat]
    names = source.class_names()
    if len(names) != shares.shape[1]:
        names = ("no", "yes") if values.size == len(values) else tuple(map(str, range(shares.shape[1])))
    return [
        NamedAnswer(names[int(row.argmax())], dict(zip(names, map(float, row), strict=True)), given)
        for row, given in zip(shares, flat, strict=True)
    ]


def _find_held(model: Model, output: str) -> Answer | None:
    """The answer of this output as a loss or a metric holds it against a target."""
    try:
        answers = find_answers(model.plan)
    except ValueError:
        return None
    return next((one for one in answers if one.prediction == model.plan.answers[output]), None)


def _label_names(held: Answer, source: DataSet) -> tuple[str, ...]:
    """The names of the labels, of which any number may hold; empty where these are none."""
    spec = source.specs().get(held.field)
    if held.kind not in OF_YES_OR_NO or spec is None or len(spec.columns) < 2:
        return ()
    return tuple(column.name for column in spec.columns)


def _class_shares(model: Model, output: str, values: Array, held: Answer | None) -> Array | None:
    """Probabilities (sample, class) where this output is one class for each sample; else None."""
    if held is not None and find_task(held).name == "classes":
        return np.exp(values) if held.kind == "log_probabilities" else softmax(values)
    if held is not None and find_task(held).name == "binary":
        yes = (sigmoid(values) if held.kind == "binary_logits" else values).reshape(-1)
        return np.stack([1 - yes, yes], 1)
    # What a network tells beside its loss: probabilities that a softmax or a sigmoid gave.
    port = model.plan.answers[output]
    spec = model.analysis.main.nodes[port.node].leaving[port.port]
    if values.ndim == 2 and spec.holds == "probabilities" and values.shape[1] > 1:
        return values
    if values.size == len(values) and spec.holds == "fractions":
        return np.stack([1 - values.reshape(-1), values.reshape(-1)], 1)
    return None
