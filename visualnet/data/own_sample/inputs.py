"""What a person can make for the fields that a network reads, told from the raw fields of its data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from visualnet.core.project import DataChoice
from visualnet.data.examination.sample_content import category_words, date_columns
from visualnet.data.registry import make_data_set
from visualnet.layers.declaration.spec import Column, Spec

MOST_COLUMNS = 64
"""Of a table with more columns no row is made by hand."""


class OwnInput(NamedTuple):
    """A raw field and how a person makes it: ``image``, ``numbers``, ``text``, ``sound``; ``none`` where that cannot be done by hand."""

    field: str
    kind: str
    spec: Spec
    categories: Mapping[str, tuple[str, ...]] = {}
    """The words of the categories by the name of their column, where they are known."""
    dates: frozenset[str] = frozenset()
    """The names of columns that hold dates, in days."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a row of numbers."""
        count = self.spec.shape[0]
        return (
            self.spec.columns if len(self.spec.columns) == count else tuple(Column(f"x{n + 1}") for n in range(count))
        )


def list_inputs(choice: DataChoice) -> tuple[OwnInput, ...]:
    """The raw fields that a network is shown of these data.

    Raises:
        ValueError: there are no such data.
    """
    source = make_data_set(choice)
    specs = source.specs()
    words, dates = category_words(choice), date_columns(choice)
    return tuple(OwnInput(name, _kind(specs[name]), specs[name], words, dates) for name in _read(source.inputs, specs))


def _read(inputs: Iterable[str], specs: dict[str, Spec]) -> list[str]:
    return [name for name in inputs if name in specs]


def _kind(spec: Spec) -> str:
    rank, whole = len(spec.shape), spec.dtype == "int"
    if rank == 3 and not whole and spec.shape[0] in (1, 3):
        return "image"
    if rank == 1 and not whole and 1 <= spec.shape[0] <= MOST_COLUMNS:
        return "numbers"
    if rank == 1 and whole and spec.shape[0] == 0:
        return "text"
    if rank == 2 and not whole and spec.shape[0] == 1:
        return "sound"
    return "none"
