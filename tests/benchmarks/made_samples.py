"""Networks that make samples of random numbers, trained from their templates; and what they make."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from visualnet.analysis.inference.sample_generators import find_sample_generators
from visualnet.cli.common import open_project
from visualnet.compiling.module import Model
from visualnet.core import edits
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.loop.session import Session


def train_template(name: str, seed: int, **recipe: Any) -> Model:
    """The network of a template after its recipe, with this seed, on the CPU; what is told of each epoch is printed."""
    project = edits.set_recipe(open_project(name), seed=seed, device="cpu", **recipe)

    def tell(event: events.Event) -> None:
        if isinstance(event, events.EpochDone):
            values = {key: round(value, 3) for key, value in event.train.items() if value is not None}
            print(f"{name} {event.epoch}: {values}", flush=True)
        elif isinstance(event, events.Trouble | events.Failed):
            print(event.words, flush=True)

    session = Session(project, load(project.data), tell)
    assert session.run() == "done"
    assert session.model is not None
    return session.model


def make_samples(model: Model, count: int, seed: int = 0) -> Tensor:
    """So many samples of normal numbers, as a trained network makes them, (N, …)."""
    maker = next(find_sample_generators(model.analysis))
    view = model.view([maker.made], maker.noise).eval()
    generator = torch.Generator().manual_seed(seed)
    sizes = [tuple(map(int, model.analysis.at(path).leaving[port].shape)) for path, port in maker.noise]
    drawn = [torch.randn(count, *size, generator=generator) for size in sizes]
    with torch.no_grad():
        made: Tensor = view(*[None] * len(model.fields), *drawn)[0]
    return made
