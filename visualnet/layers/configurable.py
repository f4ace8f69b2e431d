"""What is declared as a class with parameters and used with settings: data sets, steps of preparation, divisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from visualnet.core.graph import Value
from visualnet.layers.declaration.params import Param


class Configured:
    """Base of classes whose attributes are parameters. An instance has its settings, read: those that are given, else the defaults."""

    title: ClassVar[str]
    params: ClassVar[Mapping[str, Param]] = {}
    called: ClassVar[str] = "“{}”"
    """How messages call it, with its title for the braces."""
    setting: ClassVar[str] = "setting"
    """How messages call what can be set."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.params = {**cls.params, **{name: v for name, v in vars(cls).items() if isinstance(v, Param)}}

    def __init__(self, options: Mapping[str, Value]) -> None:
        """Read the settings.

        Raises:
            ValueError: there is no such setting, or it cannot have that value.
        """
        for name in options:
            if name not in self.params:
                known = ", ".join(self.params) or "none"
                called = self.called.format(self.title)
                raise ValueError(f"{called} has no {self.setting} “{name}” (it has {known})")
        for name, param in self.params.items():
            self.__dict__[name] = param.read(options[name], {}) if name in options else param.default
