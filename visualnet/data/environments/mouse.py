"""The course's mouse environment: the agent sees the cells around it, looks for cheese, and should leave poison alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from visualnet.data.environments.environment import Environment, Picture, PictureMark, PrintedWorld, World, environment
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count

if TYPE_CHECKING:
    from visualnet.data.environments.environment import Array
    from visualnet.data.environments.mouse_world import MouseWorld

VIEW = 5
"""The mouse sees so many cells in each direction across, itself in the middle."""
CHANNELS = ("cheese", "poison", "outside", "trail")
"""What it sees of each cell: 1 or 0, and for the trail how lately it was there (1 now, less by 3 % each step)."""
LAYOUTS = {"new": "another one in each episode", "same": "the same one in each episode, drawn by the seed"}


@environment("mouse", "Mouse and cheese", "up, down, left, right", keys="up down left right")
class Mouse(Environment):
    """A mouse on a grid sees 5×5 cells around it. Cheese is worth +0.5 and poison −1; either is gone once it was eaten.

    Cheese and poison are drawn anew in each episode, and cheese that poison shuts off is left out. The mouse begins on an empty cell; at
    the edge it stays where it is. An episode ends when no cheese is left, or after ``steps``. Beside cheese, poison and what lies
    outside the mouse smells its own trail, for it has no memory.
    """

    side: int = count(7, "Cells along each side of the grid.", low=5, high=20)
    cheese: int = count(20, "Cells with cheese.", low=1, high=40, unit="%")
    poison: int = count(10, "Cells with poison.", low=0, high=40, unit="%")
    steps: int = count(200, "Steps after which an episode is cut off.", low=10, high=2000)
    layout: str = choice("new", "Where cheese and poison lie.", LAYOUTS)

    def observation(self) -> Spec:
        return Spec((len(CHANNELS), VIEW, VIEW), ("C", "H", "W"))

    @property
    def most_steps(self) -> int:
        return self.steps

    def make(self) -> World:
        from visualnet.data.environments.mouse_world import MouseWorld

        fixed = self.seed if self.layout == "same" else None
        return MouseWorld(self.side, self.cheese / 100, self.poison / 100, self.steps, fixed)

    def printed(self) -> PrintedWorld:
        from visualnet.data.environments import mouse_world

        fixed = self.seed if self.layout == "same" else None
        return PrintedWorld(
            f"MouseWorld({self.side}, {self.cheese / 100!r}, {self.poison / 100!r}, {self.steps}, {fixed})", mouse_world
        )

    def best_reward(self, world: World) -> float:
        """All cheese, for each can be reached without poison: a bound, which a walk from one to the next nearest mostly attains."""
        return cast("MouseWorld", world).cheese_left() * 0.5

    def picture(self, world: World) -> Picture:
        game, side = cast("MouseWorld", world), float(self.side)
        (row, column), reach = game.place, VIEW / 2
        x, y = column + 0.5, row + 0.5
        corners = ((x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach))
        view = tuple((min(max(a, 0.0), side), min(max(b, 0.0), side)) for a, b in corners)
        marks = (PictureMark("area", "view", view), PictureMark("disc", "mouse", ((x, y),), 0.35))
        return Picture(side, side, game.cells(), ("empty", "cheese", "poison"), marks)

    def everywhere(self, world: World) -> Array:
        """What the mouse would see there, had it just come."""
        import numpy as np

        board, side = cast("MouseWorld", world).board, self.side
        found = np.zeros((side, side, len(CHANNELS), VIEW, VIEW), np.float32)
        for row, column in np.ndindex(side, side):
            found[row, column] = board[:, row : row + VIEW, column : column + VIEW]
        found[:, :, -1, VIEW // 2, VIEW // 2] = 1.0
        return found
