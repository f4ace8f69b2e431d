"""Every environment, in the order in which they are offered."""

from __future__ import annotations

from visualnet.core.project import DataChoice
from visualnet.data.environments import gymnasium_games, mouse
from visualnet.data.environments.environment import ENVIRONMENTS, Environment

__all__ = ["ENVIRONMENTS", "Environment", "environment_of", "gymnasium_games", "mouse"]


def environment_of(data: DataChoice) -> Environment | None:
    """The environment that these data are play in; None where they are other data.

    Raises:
        ValueError: a setting cannot be read.
    """
    kind = ENVIRONMENTS.get(data.name)
    return kind(data.options) if kind is not None else None
