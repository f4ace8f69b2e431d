"""What is offered to a person who divides data: settings of a division, columns to choose from, ways to make up for rare classes."""

from __future__ import annotations

from collections.abc import Mapping

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.data.division.registry import DIVISIONS
from visualnet.layers.declaration.params import Choice, Param, Text

BALANCES = (
    ("", "As they come", "Each training sample comes once in an epoch."),
    (
        "weights",
        "Weighed in the loss",
        "The loss counts samples of rare classes more, so that each class counts alike in training.",
    ),
    (
        "sampling",
        "Drawn oftener",
        "Samples are drawn so that each class comes as often as any other; an epoch has as many steps as before, and samples of common "
        "classes are left out of some.",
    ),
)
"""Ways to make up for rare classes, by the name that files use: title, and what it does."""


def has_validation(data: DataChoice) -> bool | None:
    """Whether the division leaves samples for validation; None where that is not known before it is made."""
    kind = DIVISIONS.get(data.division)
    if data.division == "folds":
        return True
    return data.split[1] > 0 if kind is not None and "split" in kind.uses else None


def columns_of(data: DataChoice) -> tuple[str, ...]:
    """The columns that these data can be divided by, as far as that is known without reading them."""
    return tuple(data.facts.columns) if data.facts is not None else ()


def division_params(data: DataChoice) -> list[Param]:
    """The settings of the chosen division; columns are a choice among those that the data have."""
    kind = DIVISIONS.get(data.division)
    return [_offer(param, columns_of(data)) for param in kind.params.values()] if kind is not None else []


def begin_division(name: str, data: DataChoice) -> Mapping[str, Value]:
    """The settings with which a division begins: where a column must be named, the first that is no label."""
    kind, columns = DIVISIONS[name], columns_of(data)
    column = kind.params.get("column")
    if column is None or name == "folds" or column.default in columns or not columns:
        return {}
    return {"column": next((one for one in columns if one != "label"), columns[0])}


def _offer(param: Param, columns: tuple[str, ...]) -> Param:
    if not isinstance(param, Text) or param.name != "column" or not columns:
        return param
    words = [param.default] if param.default not in columns else []
    offered = Choice(param.default, param.doc, dict.fromkeys([*words, *columns], ""))
    offered.name = param.name
    return offered
