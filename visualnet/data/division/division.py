"""How a division is declared: its settings, and from samples to the three parts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import ClassVar

from visualnet.core.project import DataChoice
from visualnet.data.samples import Samples
from visualnet.data.split import Index
from visualnet.layers.configurable import Configured


class Division(Configured):
    """Base of every way to divide. An instance has its settings, read."""

    name: ClassVar[str]
    called = "the division “{}”"
    uses: ClassVar[frozenset[str]]
    """What it heeds of the choice of data: ``split``, ``seed``."""

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        """Sorted indices of training, validation and test; every sample is in exactly one part, or in none if the division says so.

        Raises:
            ValueError: the samples cannot be divided so; the words say why.
        """
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """One line for people: the docstring's first."""
        return inspect.cleandoc(cls.__doc__ or "").partition("\n")[0]


DIVISIONS: dict[str, type[Division]] = {}
"""Every way to divide, in the order in which they are offered."""


def division(name: str, title: str, uses: str) -> Callable[[type], type]:
    """Register a way to divide. ``uses`` names what it heeds of the choice of data."""

    def register(cls: type[Division]) -> type[Division]:
        assert name not in DIVISIONS, name
        cls.name, cls.title, cls.uses = name, title, frozenset(uses.split())
        DIVISIONS[name] = cls
        return cls

    return register
