"""Every way to divide samples, by the name that files use; importing this fills `DIVISIONS`."""

from __future__ import annotations

from visualnet.core.project import DataChoice

from visualnet.data.division import shares  # isort: skip  # the first that is offered
from visualnet.data.division import by_column, folds, odd_class, per_class
from visualnet.data.division.copies import merge_duplicates
from visualnet.data.division.division import DIVISIONS, Division
from visualnet.data.samples import Samples
from visualnet.data.split import Index

__all__ = ["DIVISIONS", "Division", "by_column", "divide", "folds", "make_division", "odd_class", "per_class", "shares"]


def make_division(choice: DataChoice) -> Division:
    """The division of a choice of data, with its settings read.

    Raises:
        ValueError: there is no such division, or it cannot read a setting.
    """
    kind = DIVISIONS.get(choice.division)
    if kind is None:
        raise ValueError(f"there is no division “{choice.division}” (there are {', '.join(DIVISIONS)})")
    return kind(choice.division_options)


def divide(samples: Samples, choice: DataChoice) -> tuple[Index, Index, Index]:
    """The parts of these samples.

    Raises:
        ValueError: there is no such division, or it cannot be made.
    """
    return merge_duplicates(make_division(choice).divide(samples, choice), choice.facts)
