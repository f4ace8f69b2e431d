"""Experiments of a person's own: something of a project, and two or more values for it. They are kept in the project's file.

A file from elsewhere may say anything there: what cannot be read is told in words and left where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from visualnet.core.graph import Value
from visualnet.core.names import MAX_TEXT
from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import clean
from visualnet.core.validation import same
from visualnet.data.division.division_settings import has_validation
from visualnet.layers import LAYERS
from visualnet.training.experiments.curves import BOTH
from visualnet.training.experiments.declare import (
    MOST_VARIANTS,
    SEEDS,
    ComparedFigure,
    Experiment,
    ExperimentObservation,
    Part,
    Variant,
    check_seeds,
)
from visualnet.training.experiments.places import VariedPlace, find_place
from visualnet.training.recipe.procedures import told_values

KEY = "experiments"
"""Where a project's file keeps them, among what its own fields do not say."""
NAME = "own"
"""How folders of runs name them."""
MOST = 50
LOOKS = (("card_gradients", False), ("card_values", True))
"""What shows why, for any network: the gradients that it begins with, and the values that flow when it is trained."""


class OwnExperiment(NamedTuple):
    """What is varied, by address, the values that it takes, and with which seeds each is trained."""

    address: str
    values: tuple[Value, ...]
    seeds: tuple[int, ...] = SEEDS

    def describe(self) -> str:
        """``lr: 0.1, 0.01``."""
        return f"{self.address}: {', '.join(map(_words, self.values))}"

    @property
    def varied(self) -> dict[str, Any]:
        """What is varied, with whatever seeds."""
        return {"vary": self.address, "values": list(self.values)}

    def plain(self) -> dict[str, Any]:
        """As a file keeps it."""
        return {**self.varied, "seeds": list(self.seeds)}


def read_one(raw: Any) -> OwnExperiment:
    """One of them, as a file says it.

    Raises:
        ValueError: it cannot be read; the words say what is wanted.
    """
    if not isinstance(raw, Mapping):
        raise ValueError("an experiment says what to vary, with which values and seeds")
    address, values, seeds = raw.get("vary"), raw.get("values"), raw.get("seeds", list(SEEDS))
    if not isinstance(address, str) or not 0 < len(address) <= 200 or clean(address) != address:
        raise ValueError("“vary” names what is varied, for example lr")
    if not isinstance(values, list) or not 2 <= len(values) <= MOST_VARIANTS:
        raise ValueError(f"“values” holds 2 to {MOST_VARIANTS} values for {address}")
    if any(not isinstance(v, str | int | float | bool) or (isinstance(v, str) and len(v) > MAX_TEXT) for v in values):
        raise ValueError(f"the values for {address} are numbers or words")
    if any(same(a, b) for i, a in enumerate(values) for b in values[:i]):
        raise ValueError(f"each value for {address} is wanted once")
    if not isinstance(seeds, list) or any(type(seed) is not int for seed in seeds):
        raise ValueError("“seeds” holds whole numbers")
    check_seeds(tuple(seeds))
    return OwnExperiment(address, tuple(values), tuple(seeds))


def read_own(project: Project) -> tuple[list[OwnExperiment], list[str]]:
    """The experiments that a project's file holds, and for each that cannot be read why."""
    raw = project.extra.get(KEY, [])
    if not isinstance(raw, list | tuple):
        return [], ["what the file says of experiments is no list"]
    found, faults = [], []
    for number, one in enumerate(raw[:MOST], 1):
        try:
            found.append(read_one(one))
        except ValueError as error:
            faults.append(f"experiment {number} of the file cannot be read: {error}")
    return found, faults


def keep_own(project: Project, own: OwnExperiment) -> Project:
    """The project with this experiment kept, as the last; the same project if it is there already.

    Raises:
        ValueError: there are too many.
    """
    found, _ = read_own(project)
    if own in found:
        return project
    raw = project.extra.get(KEY, [])
    kept = list(raw) if isinstance(raw, list | tuple) else []
    if len(kept) >= MOST:
        raise ValueError(f"a project keeps {MOST} experiments at most: remove one first")
    return replace(project, extra={**project.extra, KEY: [*kept, own.plain()]})


def remove_own(project: Project, own: OwnExperiment) -> Project:
    """The project without this experiment."""
    raw = project.extra.get(KEY, [])
    kept = [one for one in raw if not _is(one, own)] if isinstance(raw, list | tuple) else []
    if isinstance(raw, list | tuple) and len(kept) == len(raw):
        return project
    extra = {name: value for name, value in project.extra.items() if name != KEY}
    return replace(project, extra={**extra, KEY: kept} if kept else extra)


def _is(raw: Any, own: OwnExperiment) -> bool:
    try:
        return read_one(raw) == own
    except ValueError:
        return False


def parse(project: Project, text: str, seeds: Sequence[int] = SEEDS) -> OwnExperiment:
    """``lr=0.1,0.01`` as an experiment of this project.

    Raises:
        ValueError: it cannot be read; the words say what is wanted.
    """
    address, equals, values = text.partition("=")
    if not equals:
        raise ValueError(f"“{text}” is not of the form NAME=VALUE,VALUE, for example lr=0.1,0.01")
    place = find_place(project, address.strip())
    read = [place.read(value) for value in values.split(",") if value.strip() or isinstance(place.value, str)]
    return read_one({"vary": place.address, "values": read, "seeds": list(seeds)})


def make_experiment(project: Project, own: OwnExperiment) -> Experiment:
    """The experiment that varies the project so.

    Raises:
        ValueError: this project has no such place, or it cannot take one of the values.
    """
    place = find_place(project, own.address)
    for value in own.values:
        try:
            place.param.read(value, {})
        except ValueError as error:
            raise ValueError(f"{own.address}: {error}") from None
    figure = find_figure(project)
    return Experiment(
        NAME,
        f"{project.name}: {own.address}",
        f"What does {place.title.partition(': ')[2] or place.title} do to “{project.name}”?",
        lambda: replace(project, runs=()),
        tuple(_variant(place, value) for value in own.values),
        figure,
        observations=tuple(ExperimentObservation(name, "", trained=trained) for name, trained in LOOKS),
        watch=f"{capitalize_first(figure.title)} at the end, and the curves on the way there.",
        why=place.param.doc,
        seeds=own.seeds,
        shown=(figure.name, BOTH if figure.part == "validation" else "train"),
    )


def find_figure(project: Project) -> ComparedFigure:
    """What the variants of a project are compared by: what its procedure tells (a reward), its first metric, else the loss; on validation
    samples if it has any."""
    part: Part = "train" if has_validation(project.data) is False else "validation"
    for name, told in told_values(project.recipe.procedure).items():
        if told.better:
            return ComparedFigure(name, part, "max" if told.better == "max" else "min")
    for node in project.graph:
        layer = LAYERS.get(node.kind)
        if layer is not None and layer.role == "metric" and layer.better:
            return ComparedFigure(node.name, part, "max" if layer.better == "max" else "min")
    return ComparedFigure("loss", part, "min")


def _variant(place: VariedPlace, value: Value) -> Variant:
    words = _words(value) or "as usual"
    return Variant(words, f"{place.title}: {words}", lambda project: place.edit(project, value))


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
