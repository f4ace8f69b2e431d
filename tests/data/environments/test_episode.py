"""An episode for somebody who watches: seed and actions lead to the same place, and whatever an environment does comes as words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.data.environments.environment import Environment, World
from visualnet.data.environments.episode import Episode, PlayError, read_actions, write_actions
from visualnet.data.environments.mouse import Mouse
from visualnet.data.environments.registry import ENVIRONMENTS

steps = st.lists(st.integers(0, 3), max_size=40)


@given(st.integers(0, 2**31 - 1), steps)
def test_seed_and_actions_tell_an_episode(seed: int, actions: list[int]) -> None:
    first = Episode(Mouse({}), seed, actions)
    again = Episode(Mouse({}), seed, read_actions(write_actions(first.actions)))
    assert again.total == first.total and again.over == first.over
    assert (again.observation == first.observation).all() and (again.picture().cells == first.picture().cells).all()  # type: ignore[union-attr]
    assert first.best is not None and first.total <= first.best


@given(st.integers(0, 1000), steps)
def test_what_is_seen_everywhere_is_what_is_seen_here(seed: int, actions: list[int]) -> None:
    """Also after a step to a neighbour: what was foretold of its cell is seen there, but for the trail, which fades meanwhile."""
    mouse = Mouse({"cheese": 5, "poison": 5})
    episode = Episode(mouse, seed, actions)
    place: tuple[int, int] = episode.world.place  # type: ignore[attr-defined]
    seen = mouse.everywhere(episode.world)
    assert (seen[place] == episode.observation).all()
    for action, (down, right) in enumerate(((-1, 0), (1, 0), (0, -1), (0, 1))):
        other = place[0] + down, place[1] + right
        if not episode.over and min(other) >= 0 and max(other) < mouse.side:
            there = Episode(mouse, seed, [*episode.actions, action])
            foretold = seen[other].copy()
            foretold[:2, 2, 2] = 0  # it is eaten on the way in
            assert (there.observation[:3] == foretold[:3]).all()


def test_a_grid_of_numbered_cells_is_seen_by_number() -> None:
    pytest.importorskip("gymnasium")
    lake = ENVIRONMENTS["frozen_lake"]({})
    episode = Episode(lake, 1, [2, 1])
    seen = lake.everywhere(episode.world)
    assert seen is not None and seen.shape == (4, 4) and seen.reshape(-1).tolist() == list(range(16))
    taxi = ENVIRONMENTS["taxi"]({})
    assert taxi.everywhere(Episode(taxi, 1).world) is None


class Odd:
    """A world that does something wrong at its second step."""

    def __init__(self, how: str) -> None:
        self.how, self.taken = how, 0

    def reset(self, *, seed: int | None = None) -> Any:
        if self.how == "reset":
            raise RuntimeError("no display")
        return np.zeros((4, 5, 5), np.float32), {}

    def step(self, action: int) -> Any:
        self.taken += 1
        wrong = self.taken == 2
        if wrong and self.how == "step":
            raise ZeroDivisionError("division by zero")
        seen = np.zeros((4, 5, 5) if not (wrong and self.how == "shape") else (3,), np.float32)
        if wrong and self.how == "seen":
            seen[0, 0, 0] = np.inf
        return seen, float("nan") if wrong and self.how == "reward" else 1.0, False, False, {}


class OddMouse(Mouse):
    how = ""

    def make(self) -> World:
        return Odd(self.how)  # type: ignore[return-value]

    def best_reward(self, world: World) -> float:
        return 5.0


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("reset", "the episode of seed 7 cannot begin: RuntimeError no display"),
        (
            "step",
            "at step 2 of the episode of seed 7 the environment failed on “down”: ZeroDivisionError division by zero",
        ),
        ("reward", "at step 2 of the episode of seed 7 the reward for “down” is nan"),
        ("shape", "the observation has the shape (3,); (4, 5, 5) was declared"),
        ("seen", "the observation holds numbers that are not finite"),
    ],
)
def test_what_an_environment_does_wrong_comes_as_words_and_what_was_played_stays(how: str, words: str) -> None:
    odd: Environment = OddMouse({})
    odd.how = how  # type: ignore[attr-defined]
    with pytest.raises(PlayError, match=re.escape(words)):
        Episode(odd, 7, [0, 1])
    if how != "reset":
        episode = Episode(odd, 7, [0])
        with pytest.raises(PlayError):
            episode.step(1)
        assert episode.actions == [0] and episode.total == 1.0
    with pytest.raises(PlayError, match="cannot be drawn"):
        Episode(OddMouse({}), 1).picture()


def test_what_cannot_be_done_is_said() -> None:
    mouse = Mouse({"steps": 10})
    with pytest.raises(PlayError, match="there is no action 4: there are 0 to 3 \\(up, down, left, right\\)"):
        Episode(mouse, 1).step(4)
    done = Episode(mouse, 1, [0] * 20)
    assert len(done.actions) == 10 and done.over == "it was cut off after 10 steps"
    with pytest.raises(PlayError, match="the episode is over"):
        done.step(0)
    with pytest.raises(ValueError, match="“ ” is no action"):
        read_actions("01 2")
