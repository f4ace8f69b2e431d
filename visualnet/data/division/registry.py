"""Every way to divide samples, by the name that files use."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.data.division.copies import settle_copies
from visualnet.data.samples import Samples
from visualnet.data.split import Index, split
from visualnet.layers.declaration.params import Param


class Division:
    """Base of every way to divide. An instance has its settings, read."""

    name: ClassVar[str]
    title: ClassVar[str]
    params: ClassVar[Mapping[str, Param]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.params = {k: v for k, v in vars(cls).items() if isinstance(v, Param)}

    def __init__(self, options: Mapping[str, Value]) -> None:
        for name in options:
            if name not in self.params:
                raise ValueError(f"the division “{self.title}” has no setting “{name}”")
        for name, param in self.params.items():
            self.__dict__[name] = param.read(options[name], {}) if name in options else param.default

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


def division(name: str, title: str) -> Callable[[type], type]:
    """Register a way to divide."""

    def register(cls: type[Division]) -> type[Division]:
        assert name not in DIVISIONS, name
        cls.name, cls.title = name, title
        DIVISIONS[name] = cls
        return cls

    return register


@division("shares", "By chance")
class Shares(Division):
    """By chance, in shares; each class keeps its share in all parts."""

    def divide(self, samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
        label: Any = samples.column("label")
        return split(samples.size, choice.split, choice.seed, label)


def divide(samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
    """The parts of these samples.

    Raises:
        ValueError: there is no such division, or it cannot be made.
    """
    kind = DIVISIONS.get(choice.division)
    if kind is None:
        raise ValueError(f"there is no division “{choice.division}” (there are {', '.join(DIVISIONS)})")
    return settle_copies(kind(choice.division_options).divide(samples, choice), choice.facts)
