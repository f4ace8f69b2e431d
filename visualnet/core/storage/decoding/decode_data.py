"""The choice of data in a file: which data set or which own files, how prepared and how divided."""

from __future__ import annotations

from typing import Any

from visualnet.core.names import MAX_NAME
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, PreparationStep
from visualnet.core.storage.decoding.values import (
    as_choice,
    as_flag,
    as_items,
    as_line,
    as_list,
    as_number,
    as_object,
    as_params,
    as_whole,
    as_word,
    at,
    missing,
    rest,
    wrong,
)
from visualnet.core.storage.safe_json import RefusedJson
from visualnet.core.text.hidden_characters import clean

MAX_SEED = 2**53
MAX_PATH = 4096
MAX_STEPS = 64
MAX_FIELDS = 256
MAX_CLASSES = 20_000
MAX_COLUMNS = 20_000
MAX_EXTENT = 10**9
"""Steps of a preparation; fields, classes and columns of own data; and the largest extent of a field."""

DTYPES = ("float", "int")


def data_choice(raw: Any) -> DataChoice:
    """Which data set, how its samples are prepared, and how it is divided. Whether it knows the options is for the data set to say."""
    fields = as_object(raw)
    split = fields.get("split", [0.8, 0.2, 0.0])
    if type(split) is not list or len(split) != 3:
        wrong(split, "three shares [training, validation, test]", "split")
    shares = tuple(float(as_number(v, "split", 0, 1)) for v in split)
    if abs(sum(shares) - 1) > 1e-6:
        raise RefusedJson(f"the shares add to {sum(shares):g}; they must add to 1", "split")
    return DataChoice(
        name=as_word(fields.get("name", "mnist5k"), "name"),
        options=at("options", as_params, fields.get("options", {})),
        split=(shares[0], shares[1], shares[2]),
        seed=as_whole(fields.get("seed", 0), "seed", 0, MAX_SEED),
        normalise=as_flag(fields.get("normalise", True), "normalise"),
        path=at("path", _path, fields.get("path", "")),
        facts=at("facts", _facts, fields["facts"]) if fields.get("facts") is not None else None,
        preparation=at("preparation", _steps, fields.get("preparation", [])),
        division=as_word(fields.get("division", "shares"), "division"),
        division_options=at("division_options", as_params, fields.get("division_options", {})),
        balance=as_line(fields.get("balance", ""), "balance"),
        extra=rest(fields, _DATA),
    )


_DATA = frozenset(DataChoice.__struct_fields__) - {"extra"}


def _path(raw: Any) -> str:
    if type(raw) is not str:
        wrong(raw, "a path")
    if len(raw) > MAX_PATH or clean(raw) != raw:
        raise RefusedJson(f"a path of at most {MAX_PATH:,} characters is wanted, without hidden ones")
    return raw


def _steps(raw: Any) -> tuple[PreparationStep, ...]:
    return as_items(raw, _step, MAX_STEPS, "steps")


def _step(raw: Any) -> PreparationStep:
    fields = as_object(raw)
    kind = as_word(fields["kind"], "kind") if "kind" in fields else missing("kind")
    options = at("options", as_params, fields.get("options", {}))
    off = as_flag(fields.get("off", False), "off")
    return PreparationStep(kind=kind, options=options, off=off, extra=rest(fields, _STEP))


_STEP = frozenset(PreparationStep.__struct_fields__) - {"extra"}


def _facts(raw: Any) -> DataFacts:
    fields = as_object(raw)
    return DataFacts(
        size=as_whole(fields.get("size", 0), "size", 0, MAX_EXTENT),
        fields=at("fields", _fields, fields.get("fields", {})),
        classes=at("classes", _lines, fields.get("classes", []), MAX_CLASSES),
        columns=at("columns", _lines, fields.get("columns", []), MAX_COLUMNS),
        fingerprint=as_line(fields.get("fingerprint", ""), "fingerprint"),
        extra=rest(fields, _FACTS),
    )


_FACTS = frozenset(DataFacts.__struct_fields__) - {"extra"}


def _lines(raw: Any, most: int) -> tuple[str, ...]:
    return as_items(raw, as_line, most, "entries")


def _fields(raw: Any) -> dict[str, FieldFacts]:
    if len(as_object(raw)) > MAX_FIELDS:
        raise RefusedJson(f"it has {len(raw):,} fields; {MAX_FIELDS} are allowed")
    found = {}
    for name, item in raw.items():
        if not 0 < len(name) <= MAX_NAME or not name.isidentifier():
            raise RefusedJson(f"“{clean(name)[:80]}” cannot be the name of a field")
        found[name] = at(name, _field, item)
    return found


def _field(raw: Any) -> FieldFacts:
    fields = as_object(raw)
    shape = as_list(fields.get("shape", []))
    axes = as_list(fields.get("axes", []))
    if len(shape) > 8 or len(axes) > 8:
        raise RefusedJson("a field has at most 8 axes")
    return FieldFacts(
        shape=tuple(as_whole(extent, "shape", 0, MAX_EXTENT) for extent in shape),
        axes=tuple(as_line(axis, "axes") for axis in axes),
        dtype=as_choice(fields.get("dtype", "float"), DTYPES, "dtype"),
        classes=as_whole(fields.get("classes", 0), "classes", 0, MAX_EXTENT),
    )
