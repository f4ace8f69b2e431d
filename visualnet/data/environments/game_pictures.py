"""The states of gymnasium's games as pictures of plain values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from visualnet.data.environments.environment import Picture, PictureMark, World


def draw(id: str, world: World) -> Picture:
    """The picture of a game of gymnasium by its name."""
    game: Any = world.game  # type: ignore[attr-defined]
    return _DRAWN[id](game)


def _cart_pole(game: Any) -> Picture:
    place, _, angle, _ = (0.0, 0.0, 0.0, 0.0) if game.state is None else map(float, game.state)
    edge = float(game.x_threshold)
    x, y, length = place + edge, 1.6, 2 * float(game.length)
    cart = ((x - 0.25, y - 0.15), (x + 0.25, y - 0.15), (x + 0.25, y + 0.15), (x - 0.25, y + 0.15))
    top = x + length * math.sin(angle), y - 0.15 - length * math.cos(angle)
    marks = (
        PictureMark("line", "track", ((0.0, y + 0.15), (2 * edge, y + 0.15)), 0.02),
        PictureMark("area", "cart", cart),
        PictureMark("line", "pole", ((x, y - 0.15), top), 0.1),
        PictureMark("disc", "joint", ((x, y - 0.15),), 0.06),
    )
    return Picture(2 * edge, 2.0, marks=marks)


def _acrobot(game: Any) -> Picture:
    upper, lower = (0.0, 0.0) if game.state is None else (float(game.state[0]), float(game.state[1]))
    x, y = 2.2, 2.2
    joint = x + math.sin(upper), y + math.cos(upper)
    end = joint[0] + math.sin(upper + lower), joint[1] + math.cos(upper + lower)
    marks = (
        PictureMark("line", "goal", ((0.0, y - 1.0), (2 * x, y - 1.0)), 0.03),
        PictureMark("line", "pole", ((x, y), joint), 0.12),
        PictureMark("line", "pole", (joint, end), 0.12),
        PictureMark("disc", "joint", ((x, y),), 0.08),
        PictureMark("disc", "joint", (joint,), 0.08),
    )
    return Picture(2 * x, 2 * y, marks=marks)


def _mountain_car(game: Any) -> Picture:
    place = -0.5 if game.state is None else float(game.state[0])
    low, high, goal = float(game.min_position), float(game.max_position), float(game.goal_position)

    def point(at: float) -> tuple[float, float]:
        return at - low, 1.2 - (math.sin(3 * at) * 0.45 + 0.55)

    hill = tuple(point(low + (high - low) * step / 60) for step in range(61))
    x, y = point(goal)
    marks = (
        PictureMark("line", "track", hill, 0.01),
        PictureMark("line", "goal", ((x, y), (x, y - 0.15)), 0.015),
        PictureMark("disc", "cart", ((point(place)[0], point(place)[1] - 0.04),), 0.04),
    )
    return Picture(high - low, 1.3, marks=marks)


def _walker(cells: Any, kinds: tuple[str, ...], state: int) -> Picture:
    rows, columns = cells.shape
    row, column = divmod(int(state), columns)
    return Picture(
        float(columns), float(rows), cells, kinds, (PictureMark("disc", "walker", ((column + 0.5, row + 0.5),), 0.3),)
    )


def _frozen_lake(game: Any) -> Picture:
    letters = np.asarray(game.desc).astype("U1")
    cells = np.select([letters == "S", letters == "H", letters == "G"], [1, 2, 3], 0)
    return _walker(cells, ("ice", "start", "hole", "goal"), getattr(game, "s", 0) or 0)


def _cliff(game: Any) -> Picture:
    cells = np.zeros((4, 12), np.int64)
    cells[3, 1:-1], cells[3, 0], cells[3, -1] = 2, 1, 3
    return _walker(cells, ("ground", "start", "cliff", "goal"), getattr(game, "s", 36) or 0)


def _taxi(game: Any) -> Picture:
    """Four places where passengers wait, walls between some cells."""
    row, column, passenger, wanted = game.decode(getattr(game, "s", 0) or 0)
    cells, places = np.zeros((5, 5), np.int64), tuple(game.locs)
    for place in places:
        cells[place] = 1
    cells[places[wanted]] = 2
    marks = []
    for y, line in enumerate(np.asarray(game.desc).astype("U1")[1:6]):
        for x in range(1, 5):
            if line[2 * x] == "|":
                marks.append(PictureMark("line", "wall", ((float(x), float(y)), (float(x), y + 1.0)), 0.08))
    marks.append(PictureMark("disc", "taxi", ((column + 0.5, row + 0.5),), 0.32))
    at = (row, column) if passenger == 4 else places[passenger]
    marks.append(PictureMark("disc", "passenger", ((at[1] + 0.5, at[0] + 0.5),), 0.16))
    return Picture(5.0, 5.0, cells, ("road", "stop", "wanted"), tuple(marks))


_DRAWN: dict[str, Callable[[Any], Picture]] = {
    "CartPole-v1": _cart_pole,
    "Acrobot-v1": _acrobot,
    "MountainCar-v0": _mountain_car,
    "FrozenLake-v1": _frozen_lake,
    "CliffWalking-v1": _cliff,
    "Taxi-v4": _taxi,
}
