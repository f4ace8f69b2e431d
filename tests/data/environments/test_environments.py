"""Environments: what is declared is what is played, the same seed plays the same, and the mouse is one of gymnasium's kind."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.data.environments.mouse_world import MouseWorld
from visualnet.data.environments.registry import ENVIRONMENTS


class CheckedMouse(MouseWorld, gymnasium.Env):  # type: ignore[misc]
    """The mouse as gymnasium's checker wants it."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}
    render_mode = "rgb_array"
    spec = None

    def __init__(self) -> None:
        MouseWorld.__init__(self, 8, 0.15, 0.12, 100)
        self.action_space = gymnasium.spaces.Discrete(4)
        self.observation_space = gymnasium.spaces.Box(0.0, 1.0, (4, 5, 5), np.float32)


def test_the_mouse_keeps_to_the_interface_of_gymnasium() -> None:
    check_env(CheckedMouse(), skip_render_check=True)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_is_declared_is_what_is_played(name: str) -> None:
    environment = ENVIRONMENTS[name]({})
    spec, world = environment.observation(), environment.make()
    seen, _ = world.reset(seed=3)
    best = environment.best_reward(world)
    drawn, total = np.random.default_rng(1), 0.0
    for step in range(1, environment.most_steps + 1):
        assert seen.shape == spec.shape
        assert seen.dtype == {"float": np.float32, "int": np.int64}[spec.dtype]
        seen, reward, ended, cut, _ = world.step(int(drawn.integers(len(environment.actions))))
        total += reward
        picture = environment.picture(world)
        points = np.array([point for mark in picture.marks for point in mark.points])
        assert (points >= 0).all()
        assert (points <= (picture.width, picture.height)).all()
        if picture.cells is not None:
            assert picture.cells.shape == (picture.height, picture.width)
            assert picture.cells.max() < len(picture.kinds)
        assert cut == (step == environment.most_steps)
        if ended:
            break
    assert best is None or total <= best


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_same_seed_plays_the_same(name: str) -> None:
    """What a checkpoint of a run rests on: an episode is its seed and its actions."""

    def play(before: int) -> list[tuple[Any, ...]]:
        world = ENVIRONMENTS[name]({}).make()
        drawn = np.random.default_rng(5)
        for _ in range(before):
            world.reset(seed=before)
            world.step(0)
        told = [world.reset(seed=7)[0].tolist()]
        for _ in range(30):
            seen, reward, ended, _, _ = world.step(int(drawn.integers(len(ENVIRONMENTS[name].actions))))
            told.append((seen.tolist(), reward, ended))
            if ended:
                break
        return told

    assert play(0) == play(3)


@settings(max_examples=30, deadline=None)
@given(side=st.integers(5, 12), cheese=st.integers(1, 40), poison=st.integers(0, 40), seed=st.integers(0, 2**31))
def test_all_cheese_of_any_layout_can_be_eaten_without_poison(side: int, cheese: int, poison: int, seed: int) -> None:
    """A walk to the next nearest cheese, by breadth-first search on the whole grid, has the best reward that is stated."""
    environment = ENVIRONMENTS["mouse"]({"side": side, "cheese": cheese, "poison": poison, "steps": 2000})
    world: Any = environment.make()
    world.reset(seed=seed)
    best, total, ended = environment.best_reward(world), 0.0, False
    while not ended:
        cells, ways = world.cells(), [(world.place, ())]
        seen = {world.place}
        for place, way in ways:
            if cells[place] == 1:
                break
            for action, (down, right) in enumerate(world.MOVES):
                cell = place[0] + down, place[1] + right
                if min(cell) >= 0 and max(cell) < side and cell not in seen and cells[cell] != 2:
                    seen.add(cell)
                    ways.append((cell, (*way, action)))
        for action in way:
            _, reward, ended, cut, _ = world.step(action)
            total += reward
        assert not cut
    assert total == best


def test_the_mouse_sees_what_is_around_it() -> None:
    world = MouseWorld(6, 0.3, 0.2, 50)
    seen, _ = world.reset(seed=2)
    for action in (0, 1, 2, 3, 0, 2) * 5:
        (row, column), cells = world.place, world.cells()
        for y in range(5):
            for x in range(5):
                at = row + y - 2, column + x - 2
                inside = min(at) >= 0 and max(at) < 6
                wanted = [cells[at] == 1, cells[at] == 2, False] if inside else [False, False, True]
                assert seen[:3, y, x].tolist() == wanted
        assert seen[3, 2, 2] == 1
        seen, *_ = world.step(action)


def test_without_gymnasium_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gymnasium", None)
    with pytest.raises(ValueError, match="pip install gymnasium”, or choose the mouse"):
        ENVIRONMENTS["cartpole"]({}).make()
    ENVIRONMENTS["mouse"]({}).make().reset(seed=0)
