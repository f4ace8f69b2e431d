"""What a network answers, with the names of its classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_number, format_percent
from visualnet.training.evaluation.answers import find_answers
from visualnet.training.evaluation.tasks import OF_YES_OR_NO, find_task, sigmoid, softmax

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.compiling.module import Model

Array = NDArray[Any]
MOST_SHOWN = 8


class NamedAnswer(NamedTuple):
    """The answer of a network to one sample: the most probable class with the probabilities of all (empty where none is asked), or its
    numbers."""

    label: str
    probabilities: Mapping[str, float]
    values: tuple[float, ...]

    @property
    def probability(self) -> float:
        """How probable the class is; 1 where none is asked."""
        return self.probabilities.get(self.label, 1.0)

    def describe(self) -> str:
        """The answer in a line: ``setosa (97 %)``, or numbers."""
        if self.label:
            return f"{self.label} ({format_percent(self.probability, 0)})"
        more = " …" if len(self.values) > MOST_SHOWN else ""
        return ", ".join(format_number(value, 4) for value in self.values[:MOST_SHOWN]) + more


def name_answers(
    model: Model, answer: Tensor | Mapping[str, Tensor], classes: Sequence[str]
) -> dict[str, list[NamedAnswer]]:
    """What the network answered to each sample, by output. Where its output is held against classes, in its loss or a metric, they are
    named; anything else is numbers."""
    tensors = answer if isinstance(answer, Mapping) else {model.outputs[0]: answer}
    return {
        name: _name_all(model, name, np.asarray(tensor.detach().to("cpu").float()), classes)
        for name, tensor in tensors.items()
    }


def _name_all(model: Model, output: str, values: Array, classes: Sequence[str]) -> list[NamedAnswer]:
    shares = _shares(model, output, values)
    if shares is None:
        return [NamedAnswer("", {}, tuple(map(float, row))) for row in values.reshape(len(values), -1)]
    count = shares.shape[1]
    names = (
        tuple(classes)
        if len(classes) == count
        else ("no", "yes")
        if values.size == len(values)
        else tuple(map(str, range(count)))
    )
    return [
        NamedAnswer(names[int(row.argmax())], dict(zip(names, map(float, row), strict=True)), tuple(map(float, given)))
        for row, given in zip(shares, values.reshape(len(values), -1), strict=True)
    ]


def _shares(model: Model, output: str, values: Array) -> Array | None:
    """Probabilities (sample, class) where this output is one class for each sample; else None."""
    port = model.plan.answers[output]
    spec = model.analysis.main.nodes[port.node].leaving[port.port]
    try:
        answers = find_answers(model.plan)
    except ValueError:
        answers = ()
    held = next((one for one in answers if one.prediction == port), None)
    if held is not None:
        if find_task(held).name == "classes":
            return np.exp(values) if held.kind == "log_probabilities" else softmax(values)
        if find_task(held).name == "binary":
            yes = (sigmoid(values) if held.kind in OF_YES_OR_NO[:1] else values).reshape(-1)
            return np.stack([1 - yes, yes], 1)
    # What a network tells beside its loss: probabilities that a softmax or a sigmoid gave.
    if values.ndim == 2 and spec.holds == "probabilities" and values.shape[1] > 1:
        return values
    if values.size == len(values) and spec.holds == "fractions":
        return np.stack([1 - values.reshape(-1), values.reshape(-1)], 1)
    return None
