"""Trains a shipped template and judges its best epoch on samples that had no part in choosing it.

A template divides its data into training and validation, and the validation part chooses the epoch. Here half of that part is held
out of both, so that the training is as large as a person's who opens the template.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from msgspec.structs import replace

from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import Loaded, load
from visualnet.resources import resource
from visualnet.training import checkpoints, events
from visualnet.training.loop.session import Session


def template(name: str, seed: int) -> Project:
    """A shipped template with this seed, on the CPU, half of its validation part held out as the test part."""
    return held_out(edits.set_recipe(project_file.load(resource("templates", f"{name}.vnet")), seed=seed, device="cpu"))


def held_out(project: Project) -> Project:
    """The same with half of the validation part as the test part."""
    train, validation, test = project.data.split
    assert validation > 0 and test == 0, project.data.split
    return replace(project, data=replace(project.data, split=(train, validation / 2, validation / 2)))


def judge(project: Project) -> tuple[Mapping[str, float], Loaded]:
    """Train, and measure the weights of the best epoch on the test part: by name what an epoch tells of the validation part; the data."""
    data = load(project.data)
    assert len(data.test)

    def tell(event: events.Event) -> None:
        if isinstance(event, events.EpochDone):
            values = {key: round(value, 3) for key, value in event.validation.items() if value is not None}
            print(f"{project.name} {event.epoch}: {values}", flush=True)
        elif isinstance(event, events.Trouble | events.Failed):
            print(event.words, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        assert Session(project, data, tell, folder=Path(folder)).run() == "done"
        # As at the end of an epoch, but for the part that is judged.
        loop = Session(project, data._replace(validation=data.test), tell).set_up()
        checkpoints.load_weights(Path(folder) / checkpoints.BEST, loop.network.net)
        with torch.no_grad():
            found = loop.procedure.validate()
        loop.tensors.close()
    assert found is not None
    values = {name: value for name, value in found.items() if value is not None}
    print(f"{project.name}, test: { {name: round(value, 4) for name, value in values.items()} }", flush=True)
    return values, data
