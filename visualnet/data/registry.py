"""Every data set by its name, and what others ask of the one that was chosen. Nothing is read until `load`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.core.text.format import capitalize_first
from visualnet.data import builtin, synthetic
from visualnet.data.builtin import SHAPES
from visualnet.data.declare import DATASETS, DataSet
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = [
    "DATASETS",
    "SHAPES",
    "DataSet",
    "builtin",
    "fields",
    "fields_or_none",
    "image_field",
    "make_data_set",
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


def describe_missing(data: DataChoice) -> str:
    """What to do where the data set of a project is not there; empty where it is."""
    if data.name in DATASETS:
        return ""
    if data.name in ABSENT:
        return f"{capitalize_first(ABSENT[data.name])} {NOT_HERE}. Choose data that fit the input."
    return f"There is no data set “{data.name}” here. Choose one of the {len(DATASETS)} that come with the program."


def fields(data: DataChoice) -> dict[str, Spec]:
    """What each sample of the chosen data holds, without loading it.

    Raises:
        ValueError: there is no such data set, or an option cannot be read.
    """
    return make_data_set(data).specs()


def fields_or_none(data: DataChoice) -> dict[str, Spec] | None:
    """Like `fields`, and None where it would raise. Called on every edit: an answer is kept."""
    try:
        return _kept_fields(data.name, tuple(data.options.items()))
    except TypeError:
        return None


@lru_cache(maxsize=64)
def _kept_fields(name: str, options: tuple[tuple[str, Value], ...]) -> dict[str, Spec] | None:
    try:
        return fields(DataChoice(name=name, options=dict(options)))
    except ValueError:
        return None


def image_field(data: DataChoice, fields: Mapping[str, Spec] | None) -> str | None:
    """The field of the data that is a picture, if there is one."""
    kind, known = DATASETS.get(data.name), fields or {}
    for name in kind.inputs if kind is not None else ():
        if name in known and len(known[name].shape) == 3 and known[name].shape[0] in (1, 3):
            return name
    return None
