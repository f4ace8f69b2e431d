"""The search of a project, as its file says it: what is varied and how, checked as far as it can be without the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.core.names import MAX_TEXT
from visualnet.core.project import SearchEntry, SearchSpec
from visualnet.core.storage.decoding.decode_data import MAX_SEED
from visualnet.core.storage.decoding.values import (
    as_choice,
    as_flag,
    as_items,
    as_line,
    as_list,
    as_number,
    as_object,
    as_whole,
    as_word,
    at,
    missing,
    rest,
    wrong,
)
from visualnet.core.storage.safe_json import RefusedJson
from visualnet.core.text.hidden_characters import clean
from visualnet.core.validation import MAX_NUMBER, same

MAX_ENTRIES, MAX_CHOICES, MAX_TRIALS, MAX_SEEDS, MAX_MINUTES = 32, 100, 10_000, 20, 1e6
PARTS, GOALS = ("train", "validation"), ("max", "min")


def decode_search(raw: Any) -> SearchSpec:
    """How good settings are looked for. Whether the project has what is varied is for the search to say."""
    fields, plain = as_object(raw), SearchSpec()
    values: dict[str, Any] = {"entries": at("entries", _entries, fields.get("entries", []))}
    for key in ("method", "pruning"):
        values[key] = as_word(fields.get(key, getattr(plain, key)), key)
    values["objective"] = as_line(fields.get("objective", plain.objective), "objective")
    values["part"] = as_choice(fields.get("part", plain.part), PARTS, "part")
    values["goal"] = as_choice(fields.get("goal", plain.goal), GOALS, "goal")
    for key, low, high in (("trials", 1, MAX_TRIALS), ("seeds", 1, MAX_SEEDS), ("seed", 0, MAX_SEED)):
        values[key] = as_whole(fields.get(key, getattr(plain, key)), key, low, int(high))
    values["minutes"] = float(as_number(fields.get("minutes", plain.minutes), "minutes", 0, MAX_MINUTES))
    return SearchSpec(**values, extra=rest(fields, frozenset(values)))


def _entries(raw: Any) -> tuple[SearchEntry, ...]:
    found: dict[str, SearchEntry] = {}
    for index, entry in enumerate(as_items(raw, _entry, MAX_ENTRIES, "settings to vary")):
        if entry.address in found:
            raise RefusedJson(f"{entry.address} is varied by another entry already", index, "address")
        found[entry.address] = entry
    return tuple(found.values())


def _entry(raw: Any) -> SearchEntry:
    fields = as_object(raw)
    address = as_line(fields["address"], "address") if "address" in fields else missing("address")
    if not address:
        raise RefusedJson("it names what is varied, for example lr", "address")
    known = frozenset(SearchEntry.__struct_fields__) - {"extra"}
    if "choices" in fields:
        if number := next((key for key in ("low", "high", "log", "step") if key in fields), ""):
            raise RefusedJson(f"either choices are given, or a range with {number}", number)
        return SearchEntry(
            address=address, choices=at("choices", _choices, fields["choices"]), extra=rest(fields, known)
        )
    return SearchEntry(address=address, **_range(fields), extra=rest(fields, known))


def _range(fields: Mapping[str, Any]) -> dict[str, Any]:
    low, high = (
        as_number(fields[key], key, -MAX_NUMBER, MAX_NUMBER) if key in fields else missing(key)
        for key in ("low", "high")
    )
    if low >= high:
        raise RefusedJson(f"high is {high:,}; more than {low:,}, which low is, is wanted", "high")
    values: dict[str, Any] = {"low": low, "high": high, "log": as_flag(fields.get("log", False), "log")}
    if values["log"] and low <= 0:
        raise RefusedJson(f"low is {low:,}; with “log” it is more than 0", "low")
    if (step := fields.get("step")) is not None:
        values["step"] = as_number(step, "step", 0, MAX_NUMBER)
        if not step or values["log"]:
            raise RefusedJson("a step is more than 0, and there is none with “log”", "step")
    return values


def _choices(raw: Any) -> tuple[Any, ...]:
    if not 2 <= len(as_list(raw)) <= MAX_CHOICES:
        raise RefusedJson(f"it has {len(raw):,} choices; 2 to {MAX_CHOICES} are wanted")
    for index, value in enumerate(raw):
        if type(value) not in (str, int, float, bool):
            wrong(value, "a number, true, false or a text", index)
        if isinstance(value, str) and (len(value) > MAX_TEXT or clean(value, lines=True) != value):
            raise RefusedJson(f"it has more than {MAX_TEXT:,} characters, or hidden ones", index)
        if any(same(value, other) for other in raw[:index]):
            raise RefusedJson("each choice is wanted once", index)
    return tuple(raw)
