"""Training steps a second beside what people use otherwise: a tight loop, a script with a DataLoader, Lightning, Keras on torch.

One process, one thread, taking turns; the same network (the module that ``visualnet code`` prints; Keras has its own words for it), data,
optimizer (Adam, each as its users get it) and batches, validation after each epoch. Lightning and Keras: ``pip install -e .[trainers]``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

import torch
from msgspec.structs import replace
from torch import nn

from tests.benchmarks import trainers
from tests.benchmarks.bench_training import by_session
from tests.training.nets import lenet, mlp
from visualnet.analysis import infer
from visualnet.cli.common import open_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core import edits
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data.loading import Loaded, load

Row = tuple[str, float | str, str, str]
ROUNDS = 5
OURS = "VisualNet"


class Contest(NamedTuple):
    """A network that all train: how many samples, how many epochs, and what Keras calls it."""

    name: str
    project: Project
    samples: int
    epochs: int
    keras: Callable[[ModuleType], Any]


def _recipe(project: Project, data: DataChoice) -> Project:
    return replace(project, data=data, recipe=Recipe(optimizer="Adam", lr=trainers.LR, batch_size=trainers.BATCH))


def _resnet18() -> Project:
    project = open_project("resnet-18")
    graph = edits.set_params(project, "", ("n1",), {"size": (1, 32, 32)})
    project = replace(graph, constants={**project.constants, "classes": 10})
    return _recipe(project, DataChoice(name="mnist32", options={"side": 32}))


def contests() -> list[Contest]:
    """From the smallest step to the largest."""
    mnist = DataChoice(name="mnist5k")
    return [
        Contest("MLP", _recipe(mlp(), mnist), 4000, 8, trainers.keras_mlp),
        Contest("LeNet", _recipe(lenet(), mnist), 4000, 3, trainers.keras_lenet),
        Contest("GRU", _recipe(open_project("gru-rows"), mnist), 4000, 3, trainers.keras_gru),
        Contest("small transformer", _recipe(open_project("vit-small"), mnist), 2560, 1, trainers.keras_vit),
        Contest("ResNet-18 at 32×32", _resnet18(), 640, 1, trainers.keras_resnet18),
    ]


def make_module(project: Project) -> nn.Module:
    """The network as the program prints it."""
    space: dict[str, Any] = {"__name__": "model"}
    exec(model_source(project), space)
    modules = [
        v for v in space.values() if isinstance(v, type) and issubclass(v, nn.Module) and v.__module__ == "model"
    ]
    made: nn.Module = modules[-1]()
    return made


def shorten(data: Loaded, samples: int) -> Loaded:
    """The same data with fewer samples, a quarter as many to validate on."""
    return data._replace(train=data.train[:samples], validation=data.validation[: samples // 4])


def others(contest: Contest, data: trainers.Digits) -> dict[str, Callable[[], float]]:
    """Everybody else, by name: each call trains from the beginning and gives the seconds."""
    epochs = contest.epochs
    found: dict[str, Callable[[], float]] = {
        "tight loop": lambda: trainers.train_tight_loop(make_module(contest.project), data, epochs),
        "DataLoader script": lambda: trainers.train_data_loader(make_module(contest.project), data, epochs),
        "Lightning": lambda: trainers.train_lightning(make_module(contest.project), data, epochs),
        "Keras on torch": partial(trainers.train_keras, contest.keras, data, epochs),
    }
    for name, library in (("Lightning", trainers.lightning), ("Keras on torch", trainers.keras)):
        try:
            library()
        except ImportError:
            del found[name]
    return found


def _check_sizes(contest: Contest, parameters: int) -> None:
    """Keras must train as many numbers as we do."""
    try:
        k = trainers.keras()
    except ImportError:
        return
    model = contest.keras(k)
    theirs = sum(int(weight.value.numel()) for weight in model.trainable_weights)
    # A GRU of Keras on torch has the same two biases; MultiHeadAttention of both has four matrices with a bias each.
    assert theirs == parameters, f"{contest.name}: {theirs:,} numbers in Keras, {parameters:,} here"


def run() -> list[Row]:
    """Steps a second of the session as a multiple of each other's: of each the best of some rounds, in which they take turns."""
    torch.set_num_threads(1)
    rows: list[Row] = []
    for contest in contests():
        project = replace(contest.project, recipe=replace(contest.project.recipe, epochs=contest.epochs))
        assert not infer(project).errors()
        data = shorten(load(project.data), contest.samples)
        digits = trainers.digits(data)
        _check_sizes(contest, sum(p.numel() for p in make_module(project).parameters()))
        seconds: dict[str, list[float]] = {}
        contenders = {OURS: lambda: by_session(project, data, False)[0], **others(contest, digits)}  # noqa: B023
        for turn in range(ROUNDS + 1):
            for name, train in contenders.items():
                torch.manual_seed(0)
                spent = train()
                if turn:  # the first round warms up
                    seconds.setdefault(name, []).append(spent)
        own = min(seconds.pop(OURS))
        note = f"; {contest.samples:,} digits × {contest.epochs}, Adam, batch {trainers.BATCH}, 1 thread; ours takes {own:.2f} s"
        for name, found in seconds.items():
            rows.append((f"{contest.name}: {OURS} ÷ {name}", min(found) / own, "×", f"> 1{note}"))
            note = ""
    missing = {"Lightning", "Keras on torch"} - {row[0].rpartition("÷ ")[2] for row in rows}
    rows += [(f"{name}: not compared", "", "", "pip install -e .[trainers]") for name in sorted(missing)]
    return rows


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
