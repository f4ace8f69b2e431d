"""A training script that plays: the same numbers as the session's, to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.training.procedures.test_deep_q import game
from tests.training.script.held import differences, printed
from visualnet.core import edits
from visualnet.data.loading import load
from visualnet.layers.recipe.procedure_declaration import SUPERVISED
from visualnet.training.loop.procedures import registry
from visualnet.training.loop.procedures.kinds.deep_q import DeepQ
from visualnet.training.recipe.procedures import PROCEDURES
from visualnet.training.script.lines.round_lines import CannotPrint, printed_procedures
from visualnet.training.script.training_script import training_script

CASES: dict[str, tuple[str, bool, dict[str, Any]]] = {
    "mouse": ("mouse", False, {"data": {"side": 5, "steps": 20}}),
    "soft, normalised": ("mouse-conv", True, {"target_every": 1, "target_rate": 0.1, "double_q": False}),
    "cartpole": ("cartpole", False, {"accumulate": 2, "clip_norm": 0.5, "schedule": "cosine"}),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("name", CASES)
def test_it_plays_and_learns_as_the_session_does(name: str, tmp_path: Path) -> None:
    template, normalise, options = CASES[name]
    schedule = options.pop("schedule", "constant")
    project = edits.set_data(game(template, epochs=2, **options), normalise=normalise)
    assert differences(edits.set_recipe(project, schedule=schedule), tmp_path) == []


def test_the_world_is_printed_or_imported(tmp_path: Path) -> None:
    mouse, cart = printed(game("mouse"), tmp_path), printed(game("cartpole"), tmp_path)
    assert "class MouseWorld:" in mouse
    assert "gymnasium" not in mouse.replace("gymnasium.Env", "")
    assert 'gymnasium.make("CartPole-v1", max_episode_steps=500)' in cart


class OfAnother(DeepQ):
    """Rounds of play that are not quite those of deep Q-learning."""


def test_lines_are_those_that_the_procedures_own_class_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed_procedures() == PROCEDURES.keys()
    other = {**registry.find_procedures(), "deep_q": OfAnother}
    monkeypatch.setattr(registry, "find_procedures", lambda: other)
    assert printed_procedures() == {SUPERVISED}
    project = game("mouse")
    with pytest.raises(CannotPrint, match="cannot yet say the procedure “deep_q”"):
        training_script(project, load(project.data))


def test_what_it_cannot_say_of_play_is_refused() -> None:
    project = game("mouse", ema_decay=0.9)
    with pytest.raises(CannotPrint, match="cannot yet play with “ema_decay”"):
        training_script(project, load(project.data))
