"""The kinds of answer that can be judged. Each says which answers it takes and what is kept of them; the first that fits is the one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from visualnet.core.text.format import format_bytes
from visualnet.training.evaluation.answers import TOKEN_KINDS, Answer
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
OF_CLASSES = TOKEN_KINDS
OF_YES_OR_NO = ("binary_logits", "binary_probabilities")
MOST_BYTES = 2 << 30
"""So much may be kept of the answers to a part."""


class Task:
    """Base of the kinds of answer. ``read`` keeps of a batch what judging needs."""

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str] = "sample"
    of_samples: ClassVar[bool] = True
    """Whether a row is a sample of the data; else it is what ``unit`` says."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        """Whether this is the kind of that answer."""
        raise NotImplementedError

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        """Arrays with a row for each sample of a batch, from the network's tensor and the target's."""
        raise NotImplementedError

    @classmethod
    def class_count(cls, answer: Answer) -> int:
        """How many classes there are; 0 where there are none."""
        return 0


TASKS: dict[str, type[Task]] = {}
"""Every kind of answer by name, in the order in which they are asked."""


def task(name: str, title: str, unit: str = "sample") -> Callable[[type[Task]], type[Task]]:
    """Register a kind of answer."""

    def register(cls: type[Task]) -> type[Task]:
        assert name not in TASKS, name
        cls.name, cls.title, cls.unit = name, title, unit
        TASKS[name] = cls
        return cls

    return register


def find_task(answer: Answer) -> type[Task]:
    """The kind of an answer."""
    return next(kind for kind in TASKS.values() if kind.fits(answer))


def unit_of(predictions: PredictionSet) -> str:
    """What a row of what is judged is called: a sample, or what else was judged."""
    kind = TASKS[predictions.task]
    return "sample" if kind.of_samples else kind.unit


def softmax(values: Array, axis: int = 1) -> Array:
    """Probabilities from logits, along an axis."""
    shifted = np.exp(values - values.max(axis, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis, keepdims=True), np.float32)


def sigmoid(values: Array) -> Array:
    """The probability of yes from logits; large ones do not overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values.astype(np.float64))), np.float32)


def _yes(answer: Answer, said: Array) -> Array:
    return sigmoid(said) if answer.kind == "binary_logits" else said


def _over_classes(answer: Answer, said: Array) -> Array:
    return np.exp(said) if answer.kind == "log_probabilities" else softmax(said)


@task("boxes", "Boxes", "picture")
class Boxes(Task):
    """Boxes with their corners in pixels; a second answer may say what is in each (``box_labels``)."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return answer.kind == "numbers" and answer.field == "boxes" and answer.target_shape[-1:] == (4,)

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        return {"said": said.reshape(true.shape).astype(np.float32), "truth": true.astype(np.float32)}


@task("classes", "Classes")
class Classes(Task):
    """One class for each sample."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return answer.kind in OF_CLASSES and not answer.target_shape

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        return {"probabilities": _over_classes(answer, said), "truth": true.astype(np.int64)}

    @classmethod
    def class_count(cls, answer: Answer) -> int:
        return answer.prediction_shape[0]


@task("binary", "Yes or no")
class YesOrNo(Task):
    """Yes or no for each sample."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return answer.kind in OF_YES_OR_NO and int(np.prod(answer.target_shape)) == 1

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        yes = _yes(answer, said).reshape(-1)
        both = np.stack([1 - yes, yes], 1).astype(np.float32)
        flat = true.reshape(-1)
        return {"probabilities": both, "truth": np.where(flat == answer.ignored, -1, flat > 0.5).astype(np.int64)}

    @classmethod
    def class_count(cls, answer: Answer) -> int:
        return 2


@task("tokens", "Tokens", "sequence")
class Tokens(Task):
    """A class at each place of a sequence."""

    rank: ClassVar[tuple[int, ...]] = (1,)

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return answer.kind in OF_CLASSES and len(answer.target_shape) in cls.rank

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        shares = _over_classes(answer, said)
        asked = (true != answer.ignored) & (true >= 0)
        given = np.take_along_axis(shares, np.where(asked, true, 0)[:, None].astype(np.int64), 1)[:, 0]
        return _at_places(shares.argmax(1), shares.max(1), given, true, asked)

    @classmethod
    def class_count(cls, answer: Answer) -> int:
        return answer.prediction_shape[0]


@task("pixels", "Pixels", "picture")
class Pixels(Tokens):
    """A class for each pixel: segmentation."""

    rank = (2, 3)


@task("mask", "Mask", "picture")
class Mask(Task):
    """Yes or no for each pixel: a mask of whole numbers."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return answer.kind in OF_YES_OR_NO and answer.target_dtype == "int" and len(answer.target_shape) >= 2

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        yes = _yes(answer, said).reshape(true.shape)
        asked = true != answer.ignored
        target = (true > 0.5).astype(np.int64)
        given = np.where(target == 1, yes, 1 - yes)
        return _at_places((yes > 0.5).astype(np.int64), np.maximum(yes, 1 - yes), given, target, asked)

    @classmethod
    def class_count(cls, answer: Answer) -> int:
        return 2


@task("labels", "Labels")
class Labels(Task):
    """Any number of labels for each sample: yes or no for each of them (multi-label)."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return answer.kind in OF_YES_OR_NO and len(answer.target_shape) == 1 and answer.are_flags

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        asked = np.isfinite(true) & (true != answer.ignored) & (true >= 0)
        truth = np.where(asked, true > 0.5, -1).astype(np.int32)
        return {"sure": _yes(answer, said).reshape(true.shape).astype(np.float32), "truth": truth}

    @classmethod
    def class_count(cls, answer: Answer) -> int:
        return int(answer.target_shape[0])


@task("episodes", "Episodes", "episode")
class Episodes(Task):
    """Episodes that a network played (see ``episodes/judging.py``): no answer to samples is such."""

    of_samples = False

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return False


@task("numbers", "Numbers")
class Numbers(Task):
    """One or more numbers for each sample."""

    @classmethod
    def fits(cls, answer: Answer) -> bool:
        return True

    @classmethod
    def read(cls, answer: Answer, said: Array, true: Array) -> dict[str, Array]:
        if answer.kind in OF_YES_OR_NO:
            said = _yes(answer, said)
        flat = said.reshape(len(said), -1).astype(np.float32)
        return {"said": flat, "truth": true.reshape(len(true), -1).astype(np.float32)}


def _at_places(said: Array, sure: Array, given: Array, true: Array, asked: Array) -> dict[str, Array]:
    """What is kept of classes at places: not every probability, which would be as many times larger as there are classes."""
    surprise = -np.log(np.maximum(given.astype(np.float64), 1e-7)) * asked
    rows = len(said)
    return {
        "said": said.astype(np.int32),
        "sure": sure.astype(np.float16),
        "truth": np.where(asked, true, -1).astype(np.int32),
        "surprise": surprise.reshape(rows, -1).sum(1),
        "asked": asked.reshape(rows, -1).sum(1).astype(np.int64),
    }


def check_room(nbytes: int, seen: int, size: int) -> None:
    """Raise ValueError where the answers to all samples would take too much memory, judged by those seen so far."""
    if seen and nbytes / seen * size > MOST_BYTES:
        raise ValueError(
            f"the answers to {size:,} samples would take more than {format_bytes(MOST_BYTES)}: judge a smaller part"
        )


def join_parts(parts: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """The arrays of all batches, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
