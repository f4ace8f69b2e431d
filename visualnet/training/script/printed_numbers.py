"""Numbers that carry how a script writes them: what a declaration computes from them is printed as it was computed."""

from __future__ import annotations

from typing import Any

from visualnet.compiling.source_code.code_layout import write_literal
from visualnet.layers.recipe.drawn_curve import DrawnShare


class NamedInt(int):
    """A whole number that the script has under a name, or computes from names."""

    text: str

    def __new__(cls, value: int, text: str) -> NamedInt:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __mul__(self, other: Any) -> Any:
        return _product(self, other, int(self) * other)

    def __rmul__(self, other: Any) -> Any:
        return _product(self, other, other * int(self))


class NamedFloat(float):
    """A number that the script has under a name, or computes from names."""

    text: str

    def __new__(cls, value: float, text: str) -> NamedFloat:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __mul__(self, other: Any) -> Any:
        return _product(self, other, float(self) * other)

    def __rmul__(self, other: Any) -> Any:
        return _product(self, other, other * float(self))


def _product(named: NamedInt | NamedFloat, other: Any, value: Any) -> Any:
    if other == 0:
        return value
    if other == 1 and isinstance(other, int):
        return named
    factor = getattr(other, "text", None) or write_literal(other)
    text = f"{factor} * {named.text}"
    return NamedInt(value, text) if isinstance(value, int) else NamedFloat(value, text)


def is_named(value: Any) -> bool:
    """Whether the script has this figure under a name, or computes it: who changes the name's value changes it."""
    return isinstance(value, NamedInt | NamedFloat | DrawnShare)


def spell_figure(value: Any) -> str:
    """A value as the script writes it."""
    return value.text if isinstance(value, NamedInt | NamedFloat | DrawnShare) else write_literal(value)
