"""A control that asks for changes after given steps, so that a run is changed, stopped and killed at the same places every time."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.runs.run_model import RunModel

Plan = Mapping[int, Mapping[Setting, Value]]
NOTHING: Plan = {}


class Planned(Control):
    """The loop looks up at every step. ``stop_at``: it ends after that one; ``save_at``: a checkpoint is written there and kept aside."""

    def __init__(self, plan: Plan, stop_at: int = -1, save_at: int = -1) -> None:
        super().__init__()
        self.plan, self.stop_at, self.save_at = {step: dict(values) for step, values in plan.items()}, stop_at, save_at
        self.session: Session | None = None

    @property
    def urgent(self) -> bool:
        return True

    @urgent.setter
    def urgent(self, value: bool) -> None:
        """Nothing is more urgent than urgent."""

    def take_changes(self) -> dict[Setting, Value]:
        loop = self.session._loop if self.session is not None else None
        assert loop is not None
        step = loop.state.step
        if step == self.save_at and loop.folder is not None:
            self.save_at = -1
            loop._checkpoint()
            shutil.copytree(loop.folder / "last", loop.folder / "aside")
        if step == self.stop_at:
            self.stop()
        return {**super().take_changes(), **self.plan.pop(step, {})}


def train(
    project: Project,
    plan: Plan = NOTHING,
    folder: Path | None = None,
    resume: bool = False,
    stop_at: int = -1,
    save_at: int = -1,
    data: Any = None,
) -> RunModel:
    """The session's run with changes; a run that was killed goes on from the checkpoint that was kept aside."""
    model, control = RunModel("test", folder), Planned(plan, stop_at, save_at)
    session = Session(
        project, data or load(project.data), model.consume, control, folder=folder, resume=resume, threads=1
    )
    control.session = session
    session.run()
    assert model.failed is None, model.failed
    model.net = session.model.net  # type: ignore[attr-defined, union-attr]
    if folder is not None and (folder / "aside").exists():
        shutil.rmtree(folder / "last")
        (folder / "aside").rename(folder / "last")
    return model
