"""A filter and an order as SQL. What a person wrote only ever becomes a parameter."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from visualnet.training.run_index.filter_line import Term, as_number

COLUMNS = (
    "id, name, project, network, state, started, duration, epochs, planned, steps, best, best_by, best_is, data, device, size, tags, grp, "
    "archived, hidden, notes, resumable"
)
EXACT = ("state", "network", "id", "group")
FLAGS = ("archived", "hidden", "resumable", "notes")
_COMPARES = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", "!=": "="}


class Scope(NamedTuple):
    """Which runs are meant before any filter: those of a project (by its name, and those of these ids), or all; with the archived and the
    hidden, or without."""

    project: str | None = None
    ids: tuple[str, ...] = ()
    archived: bool = False
    hidden: bool = False


def build_query(terms: Sequence[Term], sort: str, descending: bool, scope: Scope) -> tuple[str, list[Any]]:
    """The statement that gives the rows in order, and its parameters. Runs that lack the value of the order come last."""
    conditions: list[str] = []
    values: list[Any] = []
    asked = {value for term in terms if term.field == "is" for value in term.values}
    if scope.project is not None:
        conditions.append("(project = ? OR id IN (SELECT value FROM json_each(?)))")
        values += [scope.project, json.dumps(scope.ids)]
    for flag in ("archived", "hidden"):
        if not getattr(scope, flag) and flag not in asked:
            conditions.append(f"{flag} = 0")
    for term in terms:
        condition, given = _condition(term)
        conditions.append(f"NOT ({condition})" if term.negated != (term.compare == "!=") else condition)
        values += given
    where = " AND ".join(conditions) or "1"
    way = "DESC" if descending else "ASC"
    columns = COLUMNS.replace("name", "runs.name", 1)  # the facts have a name too
    statement = (
        f"SELECT {columns} FROM runs LEFT JOIN facts AS s ON s.name = ? AND s.run = runs.id WHERE {where} "
        f"ORDER BY s.run IS NULL, s.number {way}, s.folded {way}, runs.started DESC, runs.id"
    )
    return statement, [sort, *values]


def _condition(term: Term) -> tuple[str, list[Any]]:
    if not term.field:
        return "instr(words, ?) > 0", [term.values[0].casefold()]
    parts, values = [], []
    for value in term.values:
        condition, given = _of_value(term.field, term.compare, value)
        parts.append(condition)
        values += given
    return "(" + " OR ".join(parts) + ")", values


def _of_value(field: str, compare: str, value: str) -> tuple[str, list[Any]]:
    if field == "tag":
        return "id IN (SELECT run FROM tags WHERE tag = ?)", [value.casefold()]
    if field == "is":
        flag = value if value in FLAGS else None
        return (f"{flag} = 1", []) if flag else ("state = ?", [value.casefold()])
    number = as_number(value)
    if compare in ("<", "<=", ">", ">="):
        sign = _COMPARES[compare]
        return f"id IN (SELECT run FROM facts WHERE name = ? AND number {sign} ?)", [field, number]
    exact = compare in ("=", "!=") or field in EXACT
    text = "folded = ?" if exact else "instr(folded, ?) > 0"
    if number is not None:
        return f"id IN (SELECT run FROM facts WHERE name = ? AND (number = ? OR {text}))", [
            field,
            number,
            value.casefold(),
        ]
    return f"id IN (SELECT run FROM facts WHERE name = ? AND {text})", [field, value.casefold()]


def ids_json(ids: Collection[str]) -> str:
    """Some ids as one parameter."""
    return json.dumps(list(ids))
