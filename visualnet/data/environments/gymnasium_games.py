"""The environments of gymnasium that have a few actions and need nothing besides it. It is imported when one is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from visualnet.data.environments.environment import Environment, Picture, PrintedWorld, World, environment
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, flag

if TYPE_CHECKING:
    from visualnet.data.environments.environment import Array

SOURCE = "Gymnasium, Farama Foundation. MIT License."
STATE = Spec((), (), "int")


class GymnasiumGame(Environment):
    """Base of those of gymnasium."""

    id: ClassVar[str]
    seen: ClassVar[Spec]
    limit: ClassVar[int]

    def observation(self) -> Spec:
        return self.seen

    @property
    def most_steps(self) -> int:
        return self.limit

    def arguments(self) -> dict[str, object]:
        """What ``gymnasium.make`` is given beside the name."""
        return {}

    def make(self) -> World:
        from visualnet.data.environments.gymnasium_world import GymnasiumWorld

        return GymnasiumWorld(self.id, self.most_steps, self.observation(), len(self.actions), self.arguments())

    def printed(self) -> PrintedWorld:
        given = "".join(f", {name}={value!r}" for name, value in self.arguments().items())
        return PrintedWorld(f'gymnasium.make("{self.id}", max_episode_steps={self.most_steps}{given})')

    def picture(self, world: World) -> Picture:
        from visualnet.data.environments.game_pictures import draw

        return draw(self.id, world)

    def everywhere(self, world: World) -> Array | None:
        import numpy as np

        cells = self.picture(world).cells
        states = getattr(world.game.observation_space, "n", None)  # type: ignore[attr-defined]
        if cells is None or states != cells.size:
            return None  # of a taxi the passenger too is in the number of the state
        return np.arange(cells.size).reshape(cells.shape)


@environment("cartpole", "Cart and pole", "push left, push right", keys="left right", solved=475.0, source=SOURCE)
class CartPole(GymnasiumGame):
    """A pole stands on a cart: it is to be kept upright by pushes to the left and right. +1 for every step that it stands, 500 at most.

    Observed are the cart's position and speed, the pole's angle and how fast that changes (Barto, Sutton and Anderson 1983).
    """

    id, seen, limit = "CartPole-v1", Spec((4,), ("D",)), 500

    def best_reward(self, world: World) -> float:
        return 500.0


@environment("acrobot", "Acrobot", "push left, nothing, push right", keys="left down right", source=SOURCE)
class Acrobot(GymnasiumGame):
    """Two rods hang from each other; only their joint is driven. −1 for every step until the lower end has swung above the line.

    Observed are cosine and sine of both angles and how fast they change (Sutton 1996).
    """

    id, seen, limit = "Acrobot-v1", Spec((6,), ("D",)), 500


@environment("mountain_car", "Mountain car", "push left, nothing, push right", keys="left down right", source=SOURCE)
class MountainCar(GymnasiumGame):
    """A car in a valley is too weak to climb out at once: it has to swing. −1 for every step until it reaches the flag.

    Observed are position and speed (Moore 1990).
    """

    id, seen, limit = "MountainCar-v0", Spec((2,), ("D",)), 200


@environment("frozen_lake", "Frozen lake", "left, down, right, up", keys="left down right up", source=SOURCE)
class FrozenLake(GymnasiumGame):
    """A way over ice with holes in it: +1 at the goal, else nothing. What is observed is the number of the cell, for an Embedding.

    On slippery ice one goes where one wanted to in one of three steps only.
    """

    map: str = choice("4x4", "Which lake.", {"4x4": "4×4 cells", "8x8": "8×8 cells"})
    slippery: bool = flag(False, "Whether one slides to the side.")

    id, seen, limit = "FrozenLake-v1", STATE, 100

    @property
    def most_steps(self) -> int:
        return 100 if self.map == "4x4" else 200

    def arguments(self) -> dict[str, object]:
        return {"map_name": self.map, "is_slippery": self.slippery}

    def best_reward(self, world: World) -> float | None:
        return None if self.slippery else 1.0


@environment("cliff", "Walk along a cliff", "up, right, down, left", keys="up right down left", source=SOURCE)
class Cliff(GymnasiumGame):
    """From one end of a cliff to the other: −1 for every step, −100 for a fall, which leads back to the start.

    What is observed is the number of the cell (Sutton and Barto, example 6.6).
    """

    id, seen, limit = "CliffWalking-v1", STATE, 200

    def best_reward(self, world: World) -> float:
        return -13.0


@environment("taxi", "Taxi", "down, up, right, left, pick up, drop off", keys="down up right left p d", source=SOURCE)
class Taxi(GymnasiumGame):
    """A taxi fetches a passenger and brings him to where he wants: +20 there, −1 for every step, −10 for picking up or dropping wrongly.

    What is observed is the number of one of 500 states (Dietterich 2000).
    """

    id, seen, limit = "Taxi-v4", STATE, 200
