"""Single values of a file: each is checked, and given as it is or refused with words that say what came and what was wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn

from visualnet.core.names import MAX_NAME, MAX_TEXT, to_name
from visualnet.core.storage.safe_json import RefusedJson
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.core.validation import MAX_LIST

_KINDS: Mapping[type, str] = {
    dict: "an object {…}",
    list: "a list […]",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


def at(key: str | int, read: Callable[..., Any], *args: Any) -> Any:
    """What ``read`` gives; a refusal gets the key in front of its place."""
    try:
        return read(*args)
    except RefusedJson as fault:
        raise fault.under(key) from None


def rest(fields: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if k not in known} if fields.keys() - known else {}


def wrong(value: Any, wanted: str, *place: str | int) -> NoReturn:
    came = _KINDS.get(type(value)) or f"{value!r}"
    if isinstance(value, str) and value.isprintable():
        came = f"“{value[:40]}”"
    raise RefusedJson(f"here should stand {wanted}, not {came}", *place)


def missing(key: str) -> NoReturn:
    raise RefusedJson(f"“{key}” is missing")


def as_object(raw: Any) -> dict[str, Any]:
    return raw if type(raw) is dict else wrong(raw, "an object {…}")


def as_list(raw: Any) -> list[Any]:
    return raw if type(raw) is list else wrong(raw, "a list […]")


def as_items(raw: Any, read: Callable[[Any], Any], most: int, what: str) -> tuple[Any, ...]:
    """The items of a list of at most so many, each read; ``what`` is what they are, in the plural."""
    if len(as_list(raw)) > most:
        raise RefusedJson(f"it has {len(raw):,} {what}; {most:,} are allowed")
    return tuple([at(index, read, item) for index, item in enumerate(raw)])


def as_text(raw: Any) -> str:
    if type(raw) is not str:
        wrong(raw, "a text")
    if len(raw) > MAX_TEXT:
        raise RefusedJson(f"a text has {len(raw):,} characters; {MAX_TEXT:,} are allowed")
    return clean(raw, lines=True)


def as_title(raw: Any) -> str:
    text = clean(raw) if type(raw) is str else wrong(raw, "a text")
    return text[:MAX_NAME].strip() or "untitled"


def as_line(raw: Any, *place: str) -> str:
    if type(raw) is not str:
        wrong(raw, "a text", *place)
    if len(raw) > 255 or clean(raw) != raw:
        raise RefusedJson("a text of at most 255 characters is wanted, without hidden ones", *place)
    return raw


def as_word(raw: Any, *place: str) -> str:
    if type(raw) is not str or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.:\-]{0,63}", raw):
        wrong(raw, "a word of letters, digits and _", *place)
    return str(raw)


def as_flag(raw: Any, *place: str) -> bool:
    return raw if type(raw) is bool else wrong(raw, "true or false", *place)


def as_choice(raw: Any, options: Collection[str], *place: str) -> str:
    return raw if type(raw) is str and raw in options else wrong(raw, f"one of {', '.join(options)}", *place)


def as_number(raw: Any, *place: str | float) -> Any:
    """A finite number; the last two of ``place`` are its bounds when they are numbers."""
    low, high = -math.inf, math.inf
    if len(place) >= 2 and not isinstance(place[-1], str) and not isinstance(place[-2], str):
        low, high = place[-2], place[-1]
        place = place[:-2]
    if type(raw) not in (int, float):
        wrong(raw, "a number", *map(str, place))
    if not low <= raw <= high or not math.isfinite(raw):
        raise RefusedJson(f"it is {raw:,}; {low:,} to {high:,} is allowed", *map(str, place))
    return raw


def as_whole(raw: Any, place: str, low: int, high: int) -> int:
    where = (place,) if place else ()
    if type(raw) is not int:
        wrong(raw, "a whole number", *where)
    if not low <= raw <= high:
        raise RefusedJson(f"it is {raw:,}; {low:,} to {high:,} is allowed", *where)
    return int(raw)


def as_numbers(raw: Any) -> dict[str, int | float]:
    for name, value in as_object(raw).items():
        if not name.isidentifier() or len(name) > MAX_NAME:
            raise RefusedJson(
                f"an expression cannot name it; “{to_name(name, 'value')}” could be taken", visible(name[:80])
            )
        if type(value) not in (int, float):
            wrong(value, "a number", name)
    return dict(raw)


def as_params(raw: Any) -> dict[str, Any]:
    """Parameters or options by name. What their values mean is for their declarations to say."""
    params = {}
    for name, value in as_object(raw).items():
        if not 0 < len(name) <= MAX_NAME or clean(name) != name:
            raise RefusedJson(f"“{visible(name[:80])}” cannot be the name of a parameter")
        params[name] = value if type(value) is int else at(name, _plain, value)
    return params


def _plain(value: Any) -> Any:
    """A parameter's value: lists become tuples, which cannot be changed. What it means is for the layer to say."""
    kind = type(value)
    if kind is list:
        if len(value) > MAX_LIST:
            raise RefusedJson(f"it has {len(value):,} entries; {MAX_LIST:,} are allowed")
        return tuple([_plain(v) for v in value])
    if kind is dict:
        return {k: _plain(v) for k, v in value.items()}
    if kind is str and clean(value, lines=True) != value:
        raise RefusedJson("it holds hidden characters")
    return value
