"""How an environment is declared: its actions, what is observed, how long an episode is, and how its state is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from visualnet.data.declare import GeneratedDataSet, dataset
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

OBSERVATION, ACTION, TARGET = "observation", "action", "target"
"""The fields of a sample: what was seen, what was done then, and what that was worth."""


class World(Protocol):
    """What is played: gymnasium's interface. Observations are float32, or one whole number as int64, of the declared shape."""

    def reset(self, *, seed: int | None = None) -> tuple[Array, dict[str, Any]]:
        """Begin an episode; the same seed begins the same one. The first observation, and what else is to be told."""
        ...

    def step(self, action: int) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Do this: observation, reward, whether the episode came to its end, whether it was cut off there, and what else is to be told."""
        ...

    def render(self) -> Array | None:
        """The state as pixels (row, column, RGB) from 0 to 255, where the world can draw itself."""
        ...


class PictureMark(NamedTuple):
    """Something drawn over a picture: ``line`` through its points (x, y), ``area`` within them, ``disc`` about its only point.

    ``role`` says what it is (``track``, ``cart``, ``pole``, ``goal``, ``view``, ``body`` …), from which colours are chosen. ``size`` is
    the width of a line, or the radius of a disc, in the picture's units.
    """

    kind: str
    role: str
    points: tuple[tuple[float, float], ...]
    size: float = 0.0


class Picture(NamedTuple):
    """The state of a world in plain values. x goes to the right and y down, from 0 to ``width`` and ``height``.

    Where the world is a grid, ``cells`` (row, column) are numbers of ``kinds``, each cell a square of side 1; ``marks`` lie over it.
    """

    width: float
    height: float
    cells: Array | None = None
    kinds: tuple[str, ...] = ()
    marks: tuple[PictureMark, ...] = ()


class PrintedWorld(NamedTuple):
    """How a script makes a world: the expression, and the module whose classes it needs (None: ``gymnasium`` alone)."""

    make: str
    module: ModuleType | None = None


class Environment(GeneratedDataSet):
    """Base of every environment: one choice of its settings. As a data set it is ``n`` steps of random play.

    A sample of those holds the observation, the action that was drawn then, and as target the discounted sum of the rewards from there to
    the end of the episode.
    """

    n: int = count(600, "Steps of random play that are recorded as samples.", low=20, high=20_000, more=True)
    seed: int = count(0, "Another seed, other random play.", low=0, more=True)

    actions: ClassVar[tuple[str, ...]]
    """What can be done, in the order of their numbers."""
    solved: ClassVar[float | None] = None
    """The mean reward of an episode from which on the environment counts as solved, where its authors say so."""
    keys: ClassVar[tuple[str, ...]] = ()
    """The key of each action for who plays by hand (``left``, ``right``, ``up``, ``down``, a letter); empty where none suggests itself."""

    def observation(self) -> Spec:
        """What is observed: real numbers, or one whole number for the state."""
        raise NotImplementedError

    @property
    def most_steps(self) -> int:
        """After so many steps an episode is cut off."""
        raise NotImplementedError

    def make(self) -> World:
        """A world of one's own to play in.

        Raises:
            ValueError: it cannot be played here; the words say what is missing.
        """
        raise NotImplementedError

    def best_reward(self, world: World) -> float | None:
        """The most that can be had in the episode that has just begun; None where that is not known."""
        return None

    def picture(self, world: World) -> Picture:
        """The world's present state."""
        raise NotImplementedError

    def printed(self) -> PrintedWorld:
        """How a training script makes a world."""
        raise NotImplementedError

    def everywhere(self, world: World) -> Array | None:
        """What would be observed at each cell of the grid (row, column, …) if all else were as it is; None where the world is no grid."""
        return None

    def fields(self) -> dict[str, Spec]:
        return {
            OBSERVATION: self.observation(),
            ACTION: Spec((), (), "int", classes=len(self.actions)),
            TARGET: Spec((1,), ("D",)),
        }

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.environments.transitions import record

        found = record(self.make(), self.observation(), len(self.actions), self.n, self.seed)
        return dict(zip((OBSERVATION, ACTION, TARGET), found, strict=True))


def environment(
    name: str, title: str, actions: str, *, keys: str = "", solved: float | None = None, source: str = ""
) -> Any:
    """Register an environment; ``actions`` and ``keys`` are words with a comma between them."""
    recipe: Mapping[str, int | float] = {}

    def register(cls: type[Environment]) -> type[Environment]:
        cls.actions, cls.solved = tuple(one.strip() for one in actions.split(",")), solved
        cls.keys = tuple(keys.split()) if keys else ()
        assert not cls.keys or len(cls.keys) == len(cls.actions), name
        traits = {"source": source} if source else {}
        found: type[Environment] = dataset(name, title, OBSERVATION, recipe=recipe, **traits)(cls)
        ENVIRONMENTS[name] = found
        return found

    return register


ENVIRONMENTS: dict[str, type[Environment]] = {}
"""Every environment by the name that files use."""
