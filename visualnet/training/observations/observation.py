"""How an observation is declared: what it shows of which part of a network, what it computes, how it is drawn and read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple, TypeVar

from visualnet.analysis import Analysis
from visualnet.core.graph import Value
from visualnet.figures.charts.marks import Chart
from visualnet.layers.declaration.params import Param
from visualnet.training.observations.probe_targets import ProbePort

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.training.observations.context import ObservationContext

BEFORE: Final = "before "
"""What the arrays of one step ago have before their names."""
Subject = ProbePort
"""What is looked at: the path of a node and one of its output ports or parameters; ``((), "")`` is the whole network."""
NETWORK: Subject = ((), "")

FAMILIES = ("Flow", "Weights", "Attention", "Sequences", "Explain", "Excite", "Samples", "Training", "Cards")
"""In which order they are offered."""


class CannotObserve(ValueError):
    """There is nothing to see; the words say why, and what would help."""


class ObservationRequest(NamedTuple):
    """Which observation of what, with which settings."""

    name: str
    subject: Subject = NETWORK
    options: tuple[tuple[str, Value], ...] = ()


class Result(NamedTuple):
    """What was observed, as plain values: nothing of torch, nothing of the network.

    ``words`` are names that belong to the arrays (classes, tokens), ``note`` is a sentence to stand under the picture.
    """

    arrays: Mapping[str, NDArray[Any]]
    words: Mapping[str, tuple[str, ...]] = {}
    note: str = ""

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(array.nbytes for array in self.arrays.values())


History = Sequence[tuple[int, Result]]
"""Results with the steps at which they were observed, the oldest first."""


class Observation:
    """Base of every observation. An instance has its settings, read; it holds nothing that it saw."""

    name: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str]
    about: ClassVar[Literal["output", "weights", "network", "sheet"]]
    """What a subject of it is: an output port, a node's parameter (or all of a node: ""), the whole network, a sheet's path."""
    reading: ClassVar[str]
    """How to read it, in two sentences."""
    why_none: ClassVar[str] = "There is nothing of this in the network."
    """The words where a network has nothing of that; they say which part is missing, and what makes sense instead."""
    unit: ClassVar[str] = ""
    params: ClassVar[Mapping[str, Param]] = {}
    live: ClassVar[bool] = True
    """Whether it is cheap enough to be computed again and again while a network trains; if not, it is computed when it is asked for."""
    keeps: ClassVar[int] = 0
    """How many looks over time it is drawn of, beside the last."""
    of_sample: ClassVar[bool] = True
    """Whether it shows the chosen sample, so that another one makes it another picture."""
    drawn_by: ClassVar[frozenset[str]] = frozenset()
    """The settings that change the picture and not what is computed: where one of them is changed, the looks that are kept stay."""
    paired: ClassVar[bool] = False
    """Whether it tells what one step changes: beside a training its result then holds, as ``before …``, also the arrays of one step ago."""
    slides: ClassVar[str] = ""
    """One of `drawn_by` that is a share from 0 to 1 of some way: a slider moves it, and it can be played."""
    view: ClassVar[str] = "chart"
    """The name of what shows it in the window; ``chart`` paints `draw`."""

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
                raise ValueError(f"the observation “{self.title}” has no setting “{name}” (it has {known})")
        for name, param in self.params.items():
            try:
                self.__dict__[name] = param.read(given[name], {}) if name in given else param.default
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        """What of this network it can show, in the order of the drawing."""
        raise NotImplementedError

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        """Observe.

        Raises:
            CannotObserve: there is nothing to see; the words say why.
        """
        raise NotImplementedError

    def draw(self, result: Result, history: History) -> Chart:
        """The picture of the last result; ``history`` ends with it, and holds earlier ones where `keeps` asks for them."""
        raise NotImplementedError

    @classmethod
    def request(cls, subject: Subject, options: Mapping[str, Value]) -> ObservationRequest:
        """What is asked for with these settings; those that only change the picture are left out."""
        kept = {name: value for name, value in options.items() if name not in cls.drawn_by}
        return ObservationRequest(cls.name, subject, tuple(sorted(kept.items())))

    @classmethod
    def summary(cls) -> str:
        """What it shows, for people: the docstring's first paragraph."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())


OBSERVATIONS: dict[str, type[Observation]] = {}
"""Every observation by name, once `find_observations` was called."""

DECLARED_IN = (
    "visualnet.training.observations.flow.declare",
    "visualnet.training.observations.attention.declare",
    "visualnet.training.observations.recurrent.declare",
    "visualnet.training.observations.embeddings.declare",
    "visualnet.training.observations.cards.declare",
    "visualnet.training.observations.maps.declare",
    "visualnet.training.observations.maps.hidden_space",
    "visualnet.training.observations.weights.declare",
    "visualnet.training.observations.distributions.declare",
    "visualnet.training.observations.answers.declare",
    "visualnet.training.observations.answers.declare_images",
    "visualnet.training.observations.answers.declare_adversarial",
    "visualnet.training.observations.answers.declare_plane",
    "visualnet.training.observations.answers.declare_masks",
    "visualnet.training.observations.answers.declare_words",
    "visualnet.training.observations.answers.declare_forecast",
    "visualnet.training.observations.normalizing_flows.declare",
    "visualnet.training.observations.interventions.declare",
    "visualnet.training.observations.attribution.declare",
    "visualnet.training.observations.landscape.declare",
    "visualnet.training.observations.excitation.declare",
    "visualnet.training.observations.fields.declare",
    "visualnet.training.observations.decisions.declare",
    "visualnet.training.observations.detection.declare",
    "visualnet.training.prediction.written_text",
    "visualnet.training.prediction.tiled_mask",
)
"""The modules that declare observations, in the order in which those are offered."""

_O = TypeVar("_O", bound=type[Observation])


def observation(name: str, title: str, family: str, **traits: Any) -> Callable[[_O], _O]:
    """Register an observation; ``traits`` are those of ``about``, ``live``, ``keeps``, ``of_sample``, ``paired`` … not as usual."""

    def register(cls: _O) -> _O:
        assert name.isidentifier(), name
        assert name not in OBSERVATIONS, name
        assert family in FAMILIES, family
        cls.name, cls.title, cls.family = name, title, family
        for trait, value in traits.items():
            setattr(cls, trait, value)
        OBSERVATIONS[name] = cls
        return cls

    return register


def find_observations() -> Mapping[str, type[Observation]]:
    """Every observation by name, in the order in which they are offered."""
    for module in DECLARED_IN:
        import_module(module)
    places = {
        module: at for at, module in enumerate(DECLARED_IN)
    }  # one of them may have been imported before the others
    ordered = sorted(OBSERVATIONS.values(), key=lambda one: places.get(one.__module__, len(places)))
    return {one.name: one for family in FAMILIES for one in ordered if one.family == family}


def make_observation(request: ObservationRequest) -> Observation:
    """The observation that was asked for, with its settings.

    Raises:
        ValueError: there is none of that name, or a setting is wrong.
    """
    found = find_observations().get(request.name)
    if found is None:
        raise ValueError(f"there is no observation “{request.name}” (there are {', '.join(OBSERVATIONS)})")
    return found(dict(request.options))
