"""How a way to start weights is declared: one class, from which form, file, compiled module, printed code and reference page follow.

A declaration gives a name as in ``torch.nn.init``, words for students, parameters as layers have them, the formula of the standard
deviation that it leaves, and the paper. Whoever builds modules looks the function up in torch by ``function``.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from visualnet.core import expressions
from visualnet.core.expressions import Scope
from visualnet.core.graph import Init
from visualnet.core.text.hidden_characters import visible
from visualnet.layers.declaration.notation import Derivation, derivation
from visualnet.layers.declaration.params import Param

SYMBOLS: Mapping[str, str] = {
    "n": "fan-in, what one output adds up",
    "m": "fan-out, what one input is added to",
    "l": "longer side of the matrix",
    "g": "gain",
    "a": "lowest value",
    "b": "highest value",
    "s": "std before cutting off",
    "c": "what cutting off leaves of it",
}
"""The letters of the formulas, and what they stand for."""


class UnreadableInit(ValueError):
    """First weights that cannot be as a file says: for each fault the parameter (empty for the name itself) and the words."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(words for _, words in faults))
        self.faults = tuple(faults)


class Initialization:
    """Base of every way to start weights. An instance has its parameters resolved; it is frozen by custom.

    Every matrix and kernel is drawn with ``function``; biases start at zero, other vectors (scales of normalizations) stay as torch has
    them, unless ``whole`` says that every tensor is set.
    """

    tag: ClassVar[str]
    label: ClassVar[str]
    function: ClassVar[str] = ""
    """The function of ``torch.nn.init``; empty where torch's own numbers stay."""
    whole: ClassVar[bool] = False
    deviation: ClassVar[str] = ""
    """The standard deviation of what is drawn, as an expression in the names of ``figures``."""
    paper: ClassVar[str] = ""
    params: ClassVar[Mapping[str, Param]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.params = {**cls.params, **{k: v for k, v in vars(cls).items() if isinstance(v, Param)}}

    def __init__(self, raw: Mapping[str, Any] | None = None, scope: Scope | None = None) -> None:
        """Resolve what a node holds.

        Raises:
            UnreadableInit: some of it cannot be read.
        """
        raw = raw or {}
        faults: list[tuple[str, str]] = []
        self.values: dict[str, Any] = {}
        for name, param in self.params.items():
            try:
                self.values[name] = param.read(raw[name], scope or {}) if name in raw else param.default
            except ValueError as error:
                faults.append((name, str(error)))
        if not faults:
            faults += self.check()
        if faults:
            raise UnreadableInit(faults)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values == vars(other)["values"]

    def __hash__(self) -> int:
        return hash((self.tag, *self.values.items()))

    def check(self) -> Iterable[tuple[str, str]]:
        """What is wrong with the values together: the parameter and the words."""
        return ()

    def center(self) -> float:
        """The mean of what is drawn."""
        return 0.0

    def figures(self, shape: Sequence[int]) -> Mapping[str, float]:
        """What the formula of the deviation rests on, for a tensor of this shape."""
        return {}

    def variance(self, shape: Sequence[int]) -> float | None:
        """The variance of what is drawn into a tensor of this shape; None where only torch knows."""
        if not self.deviation:
            return None
        return float(expressions.parse(self.deviation).compute(self.figures(shape))) ** 2

    def derivation(self, shape: Sequence[int]) -> Derivation | None:
        """The formula of the standard deviation with its figures, to be typeset; None where there is nothing to work out."""
        formula = expressions.parse(self.deviation) if self.deviation else None
        if formula is None or len(shape) < 2 or formula.op in ("name", "number"):  # std = 0.01 explains nothing
            return None
        figures, symbols = self.figures(shape), {name: SYMBOLS[name] for name in formula.names()}
        made = derivation("std", formula, figures, symbols, 0)
        return made._replace(result=f"{float(formula.compute(figures)):.4g}")

    def card(self) -> str:
        """Name and values in a line: ``Normal, std 0.02``."""
        told = [
            f"{p.title or name} {p.short(self.values[name])}"
            for name, p in self.params.items()
            if self.values[name] != p.default
        ]
        return ", ".join([self.label, *told])

    @classmethod
    def page(cls) -> str:
        """The docstring: the first line is for the list, the rest for the reference."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring."""
        return cls.page().partition("\n")[0]


def fans(shape: Sequence[int]) -> dict[str, int]:
    """Fan-in and fan-out as torch counts them: of a kernel, each cell counts."""
    around = math.prod(shape[2:])
    return {"n": shape[1] * around, "m": shape[0] * around}


INITIALIZATIONS: dict[str, type[Initialization]] = {}
"""Every way to start weights by the word in the file, in the order in which they are offered."""


def initialization(tag: str, label: str, *, function: str = "", **traits: Any) -> Any:
    """Register a way to start weights. ``tag`` is what files say for ever: torch's function without its last underscore."""

    def register(cls: type[Initialization]) -> type[Initialization]:
        assert re.fullmatch(r"[a-z_]+", tag) and tag not in INITIALIZATIONS, tag
        cls.tag, cls.label, cls.function = tag, label, function
        for name, value in traits.items():
            assert hasattr(cls, name), name
            setattr(cls, name, value)
        INITIALIZATIONS[tag] = cls
        return cls

    return register


def resolve_init(init: Init, scope: Scope | None = None) -> Initialization:
    """How these weights start, with all values known.

    Raises:
        UnreadableInit: the name is not known, or a value cannot be read.
    """
    kind = INITIALIZATIONS.get(init.kind)
    if kind is None:
        known = ", ".join(INITIALIZATIONS)
        raise UnreadableInit([("", f"“{visible(init.kind)}” is no way to start weights; it is one of {known}")])
    return kind(init.params, scope)


def unknown_params(init: Init) -> list[str]:
    """What the file says of first weights that nothing reads. What another way to start them has is kept for when it is chosen again."""
    known = {name for kind in INITIALIZATIONS.values() for name in kind.params}
    return [name for name in init.params if name not in known]
