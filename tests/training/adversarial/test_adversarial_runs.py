"""The shipped adversarial networks train: to the bit also resumed and as a script, and in some epochs to what is real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.script.held import differences
from visualnet.analysis.inference.sample_generators import find_sample_generators
from visualnet.cli.common import open_project
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.data.loading import Loaded, load
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.runs.run_model import RunModel, create_run

NAMES = ("gan-points", "dcgan", "wgan-gp")


def few(name: str, count: int = 96) -> tuple[Project, Loaded]:
    """A template with the first samples of its data, for two epochs of small batches."""
    project = edits.set_recipe(open_project(name), epochs=2, device="cpu", batch_size=32)
    data = load(project.data)
    return project, data._replace(train=data.train[:count], validation=data.validation[:40])


@pytest.mark.few(1)
@pytest.mark.parametrize("name", NAMES)
def test_as_a_script_it_gives_the_same_losses(name: str, tmp_path: Path) -> None:
    project, data = few(name)
    assert differences(project, tmp_path, data) == []
    assert "class Noise(" in (tmp_path / "train.py").read_text()


def steps(
    project: Project, data: Loaded, folder: Path | None = None, stop_at: int = 0, resume: bool = False
) -> list[float]:
    """The sums of the losses, step by step; it ends after the step ``stop_at``."""
    model, control = RunModel("test", folder), Control()
    session = Session(project, data, model.consume, control, folder=folder, resume=resume, threads=1)
    if stop_at:
        loop = session._set_up(model.consume)
        take = loop.tally.take

        def stop(*row: Any) -> None:
            take(*row)
            if loop.state.step + 1 == stop_at:
                control.stop()

        loop.tally.take = stop  # type: ignore[method-assign]
        loop.run()
    else:
        session.run()
    assert model.failed is None, model.failed
    return list(model.steps["loss"].values.tolist())


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["gan-points", "dcgan"])
def test_resumed_it_goes_on_to_the_bit(name: str, tmp_path: Path) -> None:
    project, data = few(name)
    whole = steps(project, data)
    folder = create_run(project, tmp_path / "run")
    first = steps(project, data, folder, stop_at=2)
    assert len(first) == 2
    rest = steps(project, data, folder, resume=True)
    assert first + rest == whole


def test_points_come_to_lie_where_the_real_ones_are() -> None:
    """At first all made points lie in the middle; after some epochs they lie in the clouds, in most of them."""
    project = edits.set_recipe(open_project("gan-points"), epochs=15, device="cpu")
    data = load(project.data)
    session = Session(project, data, lambda event: None, threads=1)
    session.run()
    model = session.model
    assert model is not None
    (maker,) = find_sample_generators(model.analysis)
    view = model.view([maker.made], maker.noise).eval()
    z = torch.randn(400, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        made = view(*[None] * len(model.fields), z)[0].numpy()
    angles = 2 * np.pi * np.arange(8) / 8 + np.pi / 4
    centres = 0.7 * np.stack([np.cos(angles), np.sin(angles)], 1)
    distance = np.linalg.norm(made[:, None] - centres, axis=2)
    near = distance.min(1) < 0.36
    assert near.mean() > 0.7
    assert len(set(distance.argmin(1)[near])) >= 6
