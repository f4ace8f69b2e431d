"""Predictions kept in a run's folder, so that they are computed once: safetensors, with what they were computed from.

``evaluation/validation-best.safetensors`` holds the answers of the best weights to the validation part.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.storage.temporaries import folder_aside
from visualnet.training.evaluation.prediction_set import Array, PredictionSet
from visualnet.training.evaluation.tasks import TASKS

FOLDER = "evaluation"
FORMAT = "2"
CHUNK = 1 << 20
MOST_ANSWERS = 64


def digest_file(path: Path) -> str:
    """The sha256 of a file.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def place_of(run: Path, part: str, weights: str) -> Path:
    """Where a run keeps the answers of these weights to this part."""
    return run / FOLDER / f"{part}-{weights}.safetensors"


def keep_predictions(path: Path, key: str, found: tuple[PredictionSet, ...]) -> None:
    """Write answers beside the run; ``key`` says what they were computed from. Where the disk takes no more nothing is kept."""
    tensors: dict[str, Array] = {}
    told = []
    for number, predictions in enumerate(found):
        words = {name: values.tolist() for name, values in predictions.columns.items() if values.dtype.kind == "U"}
        told.append(
            {
                "name": predictions.name,
                "task": predictions.task,
                "classes": predictions.classes,
                "probabilities": predictions.has_probabilities,
                "words": words,
            }
        )
        tensors[f"{number}/samples"] = predictions.samples.astype(np.int64)
        tensors |= {f"{number}/array/{name}": np.ascontiguousarray(v) for name, v in predictions.arrays.items()}
        numbers = {name: v for name, v in predictions.columns.items() if name not in words}
        tensors |= {f"{number}/column/{name}": np.ascontiguousarray(v) for name, v in numbers.items()}
    metadata = {"format": FORMAT, "key": key, "answers": json.dumps(told)}
    with contextlib.suppress(OSError, SafetensorError):
        path.parent.mkdir(exist_ok=True)
        with folder_aside(path) as aside:
            save_file(tensors, aside / path.name, metadata)
            os.replace(aside / path.name, path)


def read(path: Path, key: str) -> tuple[PredictionSet, ...] | None:
    """The answers that were kept; None where there are none, they were computed from something else, or the file is not whole."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT or metadata.get("key") != key:
                return None
            told = json.loads(metadata["answers"])
            names = list(file.keys())
            if not isinstance(told, list) or len(told) > MOST_ANSWERS:
                return None
            return tuple(_judged(one, number, names, file) for number, one in enumerate(told))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _judged(told: dict[str, object], number: int, names: list[str], file: Any) -> PredictionSet:
    """One answer as it was kept.

    Raises:
        ValueError: it is not what this program writes.
    """
    arrays, columns = ({}, {})  # type: tuple[dict[str, Array], dict[str, Array]]
    for kind, into in (("array", arrays), ("column", columns)):
        start = f"{number}/{kind}/"
        into.update({name[len(start) :]: file.get_tensor(name) for name in names if name.startswith(start)})
    samples = file.get_tensor(f"{number}/samples")
    words = told["words"]
    classes = told["classes"]
    if not isinstance(words, dict) or not isinstance(classes, list) or told["task"] not in TASKS:
        raise ValueError("not a file of answers")
    columns |= {str(name): np.array(values) for name, values in words.items()}
    if any(len(values) != len(samples) for values in (*arrays.values(), *columns.values())):
        raise ValueError("rows are missing")
    return PredictionSet(
        str(told["name"]),
        str(told["task"]),
        samples,
        tuple(map(str, classes)),
        arrays,
        bool(told["probabilities"]),
        columns,
    )
