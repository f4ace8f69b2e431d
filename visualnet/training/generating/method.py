"""How a method to make something is declared: where in a network it can be done, its settings, and what it makes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from visualnet.analysis import Analysis
from visualnet.core.graph import Value
from visualnet.layers.configurable import Configured
from visualnet.layers.declaration import params as kinds
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from visualnet.training.generating.results import GeneratedResult
    from visualnet.training.observations.context import ObservationContext

Check = Callable[[float], None]
"""Called with the share that is done; it raises where nobody wants the answer any more."""


class GenerationError(ValueError):
    """Nothing can be made; the words say why, and what would help."""


class GenerationPlace(NamedTuple):
    """Where in a network something can be made: a name that people read and type, and the output ports that the method needs, in its own
    order."""

    name: str
    ports: tuple[ProbePort, ...] = ()


class GenerationMethod(Configured):
    """Base of every method to make something. An instance has its settings, read; it holds nothing that it made.

    Settings that have a meaning everywhere are called alike: ``seed`` (every method has it), ``count`` (`how_many`), ``temperature``
    (`how_warm`).
    """

    called = "the method “{}”"
    name: ClassVar[str]
    needs: ClassVar[str]
    """What a network must have for it, as an object: “a layer that draws a code”."""
    seed: int = kinds.count(0, "Other numbers by chance for another seed; the same ones for the same seed.", low=0)

    @classmethod
    def find(cls, analysis: Analysis) -> list[GenerationPlace]:
        """Where in this network it can be done, the likeliest place first. By formula: torch is not imported."""
        raise NotImplementedError

    @classmethod
    def usual(cls, analysis: Analysis, place: GenerationPlace) -> dict[str, Value]:
        """Settings that suit what is made at this place better than the declared defaults. What is said otherwise counts before them."""
        return {}

    def make(self, context: ObservationContext, place: GenerationPlace, check: Check) -> GeneratedResult:
        """Make it, with the network at rest and without gradients. ``context.values`` computes; chance comes from
        ``context.generator(self.seed)`` alone, so that the same seed makes the same.

        Raises:
            GenerationError: nothing can be made there; the words say why.
        """
        raise NotImplementedError

    @classmethod
    def about(cls) -> str:
        """What it does, for people: the docstring's first paragraph."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())

    @classmethod
    def details(cls) -> str:
        """What else is to be known of it: the rest of the docstring."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[2].split())


def how_many(default: int = 25, what: str = "So many are made.", high: int = 10_000) -> Any:
    """The setting ``count`` of a method."""
    return kinds.count(default, what, high=high)


def how_warm(what: str, default: float = 1.0, high: float = 10.0) -> Any:
    """The setting ``temperature`` of a method."""
    return kinds.real(default, what, low=0.0, high=high)


METHODS: dict[str, type[GenerationMethod]] = {}
"""Every method by name, once `find_methods` was called."""

DECLARED_IN = (
    "visualnet.training.generating.from_prior",
    "visualnet.training.generating.from_flow",
    "visualnet.training.generating.from_text",
    "visualnet.training.generating.from_play",
    "visualnet.training.generating.from_energy",
)
"""The modules that declare methods, in the order in which those are offered."""

_W = TypeVar("_W", bound=type[GenerationMethod])


def generation_method(name: str, title: str, needs: str) -> Callable[[_W], _W]:
    """Register a method to make something."""

    def register(cls: _W) -> _W:
        assert name.isidentifier(), name
        assert name not in METHODS, name
        cls.name, cls.title, cls.needs = name, title, needs
        METHODS[name] = cls
        return cls

    return register


def find_methods() -> Mapping[str, type[GenerationMethod]]:
    """Every method by name, in the order in which they are offered."""
    for module in DECLARED_IN:
        import_module(module)
    # Somebody may have imported one of them before.
    return {name: kind for module in DECLARED_IN for name, kind in METHODS.items() if kind.__module__ == module}


def choices(analysis: Analysis) -> dict[type[GenerationMethod], list[GenerationPlace]]:
    """Every method that this network has a place for, with its places."""
    if analysis.errors():
        return {}
    found = {kind: kind.find(analysis) for kind in find_methods().values()}
    return {kind: places for kind, places in found.items() if places}


def why_none() -> str:
    """The words where a network can make nothing: what it would need."""
    needs = [kind.needs for kind in find_methods().values()]
    return f"This network has nothing to make something with. It would need {'; or '.join(needs)}."


def find_place(kind: type[GenerationMethod], analysis: Analysis, name: str = "") -> GenerationPlace:
    """The place of this name; the first there is, if none is told.

    Raises:
        ValueError: there is none of that name; the words list those there are.
    """
    places = kind.find(analysis)
    if not places:
        raise ValueError(f"“{kind.title}” needs {kind.needs}: this network has none")
    wanted = name.strip().casefold()
    for place in places:
        if wanted in ("", place.name.casefold()):
            return place
    known = ", ".join(f"“{place.name}”" for place in places[:12])
    raise ValueError(
        f"“{kind.title}” can make nothing at “{name}”; it can at {known}{' …' if len(places) > 12 else ''}"
    )


def make_method(name: str, options: Mapping[str, Value] | None = None) -> GenerationMethod:
    """The method of this name, with its settings.

    Raises:
        ValueError: there is none of that name, or a setting is wrong.
    """
    found = find_methods().get(name)
    if found is None:
        raise ValueError(f"there is no method “{name}” to make something (there are {', '.join(METHODS)})")
    return found(options or {})
