"""What the network of a run answers to new samples, prepared as in its training."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from visualnet.core.project import Project
from visualnet.core.storage.regular_files import read_text
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.training.evaluation.evaluation import find_weights
from visualnet.training.prediction.named_answers import NamedAnswer, name_answers
from visualnet.training.prediction.new_samples import check_count, prepare_inputs
from visualnet.training.runs.preparation_file import read_preparation

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.compiling.module import Model

Arrays = Mapping[str, NDArray[Any]]
NORMALIZATION = "normalization.json"
"""Beside a run of own data: what was taken out of its inputs."""
MAX_BYTES = 1 << 20


def load_model(folder: Path, project: Project) -> Model:
    """The network of a run with the weights of its best epoch, or else those that were saved last.

    Raises:
        BadCheckpoint: the weights are not those of this network, or cannot be read.
        ValueError: there are none yet.
    """
    from visualnet.compiling.module import compile_project
    from visualnet.training.checkpoints import load_weights

    model = compile_project(project)
    load_weights(find_weights(folder)[0], model.net)
    return model


def predict_run(folder: Path, project: Project, inputs: Sequence[Any]) -> tuple[Model, Tensor | dict[str, Tensor]]:
    """What the network of a run answers to these samples (`prepare_inputs` says what they may be), and the network.

    Raises:
        ValueError: they are no such samples.
        BadCheckpoint: as `load_model`.
    """
    model, kept = load_model(folder, project), read_preparation(folder)
    prepared = prepare_inputs(model, project.data, kept.preparation if kept is not None else None, inputs)
    mean, std = normalization(folder, project)
    return model, predict(model, *prepared, mean=mean, std=std)


def normalization(folder: Path, project: Project) -> tuple[Arrays, Arrays]:
    """Mean and deviation that a run took out of its inputs, by field."""
    kept = read_preparation(folder)
    return (kept.mean, kept.std) if kept is not None else _read_normalization(folder, project)


def answer_run(folder: Path, project: Project, inputs: Sequence[Any]) -> dict[str, list[NamedAnswer]]:
    """Like `predict_run`, by output, each sample's answer with the names of the classes."""
    model, answer = predict_run(folder, project, inputs)
    return name_answers(model, answer, make_data_set(project.data))


def _read_normalization(folder: Path, project: Project) -> tuple[Arrays, Arrays]:
    """Mean and deviation of a run of an earlier version, as they were kept with it; else those of its data set."""
    path = folder / NORMALIZATION
    if not path.exists():
        loaded = load(project.data)
        return loaded.mean, loaded.std
    kept = json.loads(read_text(path, MAX_BYTES))
    mean, std = ({f: np.asarray(v[key], np.float32) for f, v in kept.items()} for key in ("mean", "std"))
    return mean, std


def predict(
    model: Model, *inputs: Tensor | ArrayLike, mean: Arrays | None = None, std: Arrays | None = None
) -> Tensor | dict[str, Tensor]:
    """What a compiled network answers to a batch (axis 0 is the sample), in evaluation mode.

    ``mean`` and ``std``, by field, are taken out first, as in the training; without them the inputs go in as they are.

    Raises:
        ValueError: there are more or fewer inputs than the network has.
    """
    import torch

    check_count(model, inputs)
    batch = []
    for step, given in zip(model.plan.net_inputs, inputs, strict=True):
        x, field = torch.as_tensor(given), model.plan.fields[step.id]
        if mean is not None and std is not None and field in mean:
            x = (x.float() - torch.from_numpy(mean[field])) / torch.from_numpy(std[field])
        batch.append(x.to(model.device))
    was = model.net.training
    model.net.eval()
    try:
        with torch.no_grad():
            answer: Tensor | dict[str, Tensor] = model.net(*batch)
    finally:
        model.net.train(was)
    return answer
