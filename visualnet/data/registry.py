"""Every data set by its name, and what others ask of the one that was chosen. Nothing is read until `load`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, DataFacts, PreparationStep
from visualnet.core.text.format import capitalize_first
from visualnet.data import builtin, synthetic
from visualnet.data.builtin import SHAPES
from visualnet.data.declare import DATASETS, DataSet
from visualnet.data.environments import registry as environments
from visualnet.data.generators import review_sets
from visualnet.data.shipped import emoji, place_names, sea_temperature
from visualnet.data.table_files import shipped_tables
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.data.sources.source import FileSource

    Array = NDArray[Any]

_Options = tuple[tuple[str, Value], ...]

__all__ = [
    "DATASETS",
    "SHAPES",
    "DataSet",
    "builtin",
    "emoji",
    "environments",
    "fields",
    "fields_or_none",
    "find_kind",
    "image_field",
    "make_data_set",
    "own_sources",
    "place_names",
    "review_sets",
    "sea_temperature",
    "shipped_tables",
    "synthetic",
]


ABSENT = {
    "imagenet": "the pictures of ImageNet",
    "cifar10": "the pictures of CIFAR-10",
    "text": "the texts that this network learns from",
    "sound": "the sounds that this network learns from",
    "masks": "the pictures and masks that this network learns from",
}
"""What published networks were trained on, by the names that their templates give it."""

NOT_HERE = "do not come with the program"

MOST_NUMBERS = 500_000_000
"""So many numbers are made or read for a data set at most (whole ones take 8 bytes each): what its options ask for together."""

# --- what others ask ----------------------------------------------------------------------------------------------


def make_data_set(data: DataChoice) -> DataSet:
    """The data set with the options of this choice.

    Raises:
        ValueError: there is no such data set, or an option cannot be read; the words say which.
    """
    kind = DATASETS.get(data.name)
    if kind is None and _is_own(data):
        from visualnet.data.sources.source import make_source

        return make_source(data)
    if kind is None and data.name in ABSENT:
        raise ValueError(
            f"{ABSENT[data.name]} {NOT_HERE}: open the small version of this network, or choose other data"
        )
    if kind is None:
        raise ValueError(f"there is no data set “{data.name}” (there are {', '.join(DATASETS)})")
    found = kind(data.options)
    numbers = found.size * sum(spec.size for spec in found.specs().values())
    if numbers > MOST_NUMBERS:
        raise ValueError(
            f"{numbers:,} numbers would have to be made for “{kind.title}”; {MOST_NUMBERS:,} are allowed: "
            "ask for fewer samples, or smaller ones"
        )
    return found


def own_sources() -> Mapping[str, type[FileSource]]:
    """The kinds of own data. Imported when one is asked for: they need NumPy, and the program starts without it."""
    from visualnet.data.sources.registry import SOURCES

    return SOURCES


def _is_own(data: DataChoice) -> bool:
    """Whether these are own data. Templates name what published networks learned from alike; that has neither path nor facts."""
    is_chosen = bool(data.path) or data.facts is not None
    return data.name in own_sources() and (is_chosen or data.name not in ABSENT)


def find_kind(name: str) -> type[DataSet] | None:
    """The data set or the source of own data of this name."""
    return DATASETS.get(name) or own_sources().get(name)


def describe_missing(data: DataChoice) -> str:
    """What to do where the data set of a project is not there; empty where it is."""
    if data.name in DATASETS:
        return ""
    if _is_own(data):
        from visualnet.data.sources.source import make_source

        try:
            make_source(data).check_place()
        except ValueError as error:
            return f"{capitalize_first(str(error))}."
        return ""
    if data.name in ABSENT:
        return f"{capitalize_first(ABSENT[data.name])} {NOT_HERE}. Choose data that fit the input."
    return f"There is no data set “{data.name}” here. Choose one of the {len(DATASETS)} that come with the program."


def fields(data: DataChoice) -> dict[str, Spec]:
    """What each sample of the chosen data holds behind the preparation, without loading it.

    Raises:
        ValueError: there is no such data set, an option cannot be read, or a step of the preparation does not fit.
    """
    found = make_data_set(data).specs()
    if data.name in DATASETS and not data.preparation:
        return found
    from visualnet.data.preparation.registry import make_steps, prepared_specs

    return prepared_specs(found, make_steps(data.preparation))


def fields_or_none(data: DataChoice) -> dict[str, Spec] | None:
    """Like `fields`, and None where it would raise. Called on every edit: an answer is kept."""
    try:
        steps = tuple((step.kind, tuple(step.options.items())) for step in data.preparation if not step.off)
        return _kept_fields(data.name, data.path, tuple(data.options.items()), steps, _Facts(data.facts))
    except TypeError:
        return None


class _Facts:
    """What was found of own data, as part of a key: the very same value is the same key."""

    def __init__(self, facts: DataFacts | None) -> None:
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Facts) and other.facts is self.facts

    def __hash__(self) -> int:
        return hash(id(self.facts))


@lru_cache(maxsize=64)
def _kept_fields(
    name: str, path: str, options: _Options, steps: tuple[tuple[str, _Options], ...], found: _Facts
) -> dict[str, Spec] | None:
    chosen = tuple(PreparationStep(kind=kind, options=dict(values)) for kind, values in steps)
    try:
        return fields(DataChoice(name=name, path=path, options=dict(options), preparation=chosen, facts=found.facts))
    except ValueError:
        return None


def image_field(data: DataChoice, fields: Mapping[str, Spec] | None) -> str | None:
    """The field of the data that is a picture, if there is one."""
    kind, known = find_kind(data.name), fields or {}
    for name in kind.inputs if kind is not None else ():
        if name in known and len(known[name].shape) == 3 and known[name].shape[0] in (1, 3):
            return name
    return None
