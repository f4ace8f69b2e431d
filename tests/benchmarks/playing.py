"""Trains a shipped template that plays, and plays a hundred other episodes with the best of its weights."""

from __future__ import annotations

import tempfile
from pathlib import Path

from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.resources import resource
from visualnet.training import checkpoints, events
from visualnet.training.control import Control
from visualnet.training.loop.procedures.played_episodes import play_episodes
from visualnet.training.loop.session import Session


def reach(template: str, seed: int, enough: float) -> tuple[list[float], list[float]]:
    """Rewards of the episodes and what was the best possible in each. The training ends when its own episodes have ``enough``."""
    project = edits.set_recipe(project_file.load(resource("templates", f"{template}.vnet")), seed=seed)
    data, control = load(project.data), Control()

    def told(event: events.Event) -> None:
        if isinstance(event, events.EpochDone):
            reward = event.validation["reward"] or 0.0
            print(f"epoch {event.epoch}: {reward:.2f} in {event.seconds:.1f} s", flush=True)
            if reward >= enough:
                control.stop()
        elif isinstance(event, events.Failed):
            raise AssertionError(event.words)

    with tempfile.TemporaryDirectory() as folder:
        session = Session(project, data, told, control, folder=Path(folder))
        session.run()
        assert session.model is not None
        checkpoints.load_weights(Path(folder) / checkpoints.BEST, session.model.net)
    found = play_episodes(session.model, data, 100)
    return [reward for reward, _, _ in found], [best or 0.0 for _, _, best in found]
