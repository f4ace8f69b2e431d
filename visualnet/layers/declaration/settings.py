"""Settings of what is declared as a class: its parameters stand as attributes, and an instance has them read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from visualnet.core.graph import Value
from visualnet.layers.declaration.params import Param


class WithSettings:
    """Base of declarations with settings. On the class each attribute is its `Param`, on an instance the value that was read."""

    title: ClassVar[str]
    noun: ClassVar[str]
    """What an error calls it: ``observation``."""
    params: ClassVar[Mapping[str, Param]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.params = {**cls.params, **{k: v for k, v in vars(cls).items() if isinstance(v, Param)}}

    def __init__(self, options: Mapping[str, Value] | None = None) -> None:
        """Read the settings.

        Raises:
            ValueError: there is no such setting, or it cannot have that value.
        """
        given = options or {}
        for name in given:
            if name not in self.params:
                known = ", ".join(self.params) or "none"
                raise ValueError(f"the {self.noun} “{self.title}” has no setting “{name}” (it has {known})")
        for name, param in self.params.items():
            try:
                self.__dict__[name] = param.read(given[name], {}) if name in given else param.default
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
