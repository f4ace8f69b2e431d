"""What a search varies, held against the project: each entry as a dimension with its declared setting. And a grid over them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from visualnet.core.graph import Value
from visualnet.core.project import Project, SearchEntry, SearchSpec
from visualnet.core.storage.project_file import check_part
from visualnet.core.validation import MAX_NUMBER
from visualnet.layers.declaration.params import Bool, Choice, Float, Int
from visualnet.training.experiments.places import VariedPlace, list_places
from visualnet.training.search.methods import check_method

MOST_POINTS = 1_000
"""So many combinations a grid may have."""
GRID_VALUES = 5
"""So many values a grid takes of a range without a step."""
WIDE = {"lr", "weight_decay", "eps", "std", "lr_factor"}
"""Settings whose order of magnitude matters: their range is offered on a logarithmic scale."""


class Dimension(NamedTuple):
    """An entry with the place that it leads to. Numbers of a range are ``int`` where the setting takes whole numbers only."""

    entry: SearchEntry
    place: VariedPlace

    @property
    def kind(self) -> Literal["float", "int", "choice"]:
        """How its values are chosen."""
        if self.entry.low is None:
            return "choice"
        return "float" if isinstance(self.place.param, Float) else "int"


def read_space(project: Project, spec: SearchSpec) -> list[Dimension]:
    """What the search varies of this project.

    Raises:
        ValueError: it varies nothing, or the project cannot take what it says; the words name the first such setting.
    """
    check_part("search", spec)
    check_method(spec.method, spec.pruning)
    if not spec.entries:
        raise ValueError("the search varies nothing yet: choose one setting at least (--over on the command line)")
    places = {place.address: place for place in list_places(project)}
    found = [_dimension(places, entry) for entry in spec.entries]
    if spec.method == "grid":
        list_grid(found)
    return found


def find_faults(project: Project, spec: SearchSpec) -> dict[str, str]:
    """Why the project cannot take an entry, in words by its address; those that it can take are left out."""
    places = {place.address: place for place in list_places(project)}
    faults = {}
    for entry in spec.entries:
        try:
            check_part("search", SearchSpec(entries=(entry,)))
            _dimension(places, entry)
        except ValueError as error:
            faults[entry.address] = str(error)
    return faults


def _dimension(places: dict[str, VariedPlace], entry: SearchEntry) -> Dimension:
    place = places.get(entry.address)
    if place is None:
        import difflib

        near = difflib.get_close_matches(entry.address, places, n=4, cutoff=0.4) or list(places)[:4]
        raise ValueError(
            f"this project has nothing called “{entry.address}” that could be varied (it has {', '.join(near)} …)"
        )
    if entry.low is not None and entry.high is not None:
        _check_range(place, entry, entry.low, entry.high)
        ends: Iterable[Value] = (entry.low, entry.high)
    else:
        ends = entry.choices
    for value in ends:
        try:
            place.param.read(value, {})
        except ValueError as error:
            raise ValueError(f"{entry.address}: {error}") from None
    return Dimension(entry, place)


def _check_range(place: VariedPlace, entry: SearchEntry, low: float, high: float) -> None:
    if isinstance(place.param, Bool | Choice):
        raise ValueError(f"{entry.address} takes no numbers: give its values one by one, with commas between them")
    if isinstance(place.param, Float):
        return
    if any(value != int(value) for value in (low, high, entry.step or 1)):
        raise ValueError(f"{entry.address} takes whole numbers only: {entry.words} has others")


# --- entries ---------------------------------------------------------------------------------------------------------------------------


def can_be_searched(place: VariedPlace) -> bool:
    """Whether a range or a list of values can be offered for it."""
    return _offer(place) is not None


def offer_entry(place: VariedPlace) -> SearchEntry:
    """A range, or values, round what the setting is now.

    Raises:
        ValueError: nothing can be offered for it.
    """
    found = _offer(place)
    if found is None:
        raise ValueError(f"no range can be offered for {place.address}: give two or more values for it")
    return found


def _offer(place: VariedPlace) -> SearchEntry | None:
    param, value = place.param, place.value
    if isinstance(param, Bool):
        return SearchEntry(address=place.address, choices=(False, True))
    if isinstance(param, Choice):
        options = tuple(param.options)
        return SearchEntry(address=place.address, choices=options) if len(options) > 1 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        value = param.default if isinstance(param.default, int | float) else 1
    if isinstance(param, Float):
        return _offer_float(place, param, float(value))
    bottom, top = (param.low, param.high) if isinstance(param, Int) else (1, MAX_NUMBER)
    low, high = max(bottom, int(value) // 2), min(top, max(int(value) * 2, 1))
    if low >= high or not all(_can_be(place, end) for end in (low, high)):
        return None
    return SearchEntry(address=place.address, low=low, high=high)


def _offer_float(place: VariedPlace, param: Float, value: float) -> SearchEntry | None:
    log = place.address.rpartition(".")[2] in WIDE and param.low >= 0
    if log:
        value = value if value > 0 else 1e-3
        low, high = float(f"{value / 10:.3g}"), float(f"{min(value * 10, param.high):.3g}")
    else:
        spread = abs(value) / 2 or 0.5
        low, high = float(f"{max(value - spread, param.low):.3g}"), float(f"{min(value + spread, param.high):.3g}")
    if low >= high or not all(_can_be(place, end) for end in (low, high)):
        return None
    return SearchEntry(address=place.address, low=low, high=high, log=log)


def _can_be(place: VariedPlace, value: Value) -> bool:
    try:
        place.param.read(value, {})
    except ValueError:
        return False
    return True


def parse_entry(project: Project, text: str) -> SearchEntry:
    """``lr=0.0001..0.1:log``, ``conv1.out_channels=4..32:4`` or ``optimizer=SGD,Adam`` as an entry of a search over this project.

    Raises:
        ValueError: it cannot be read, or the project cannot take it; the words say what is wanted.
    """
    address, equals, said = text.partition("=")
    address, said = address.strip(), said.strip()
    if not equals or not said:
        raise ValueError(f"“{text}” is not of the form NAME=LOW..HIGH, NAME=LOW..HIGH:log or NAME=VALUE,VALUE")
    places = {place.address: place for place in list_places(project)}
    entry = _read_range(address, said) if ".." in said else None
    if entry is None:
        place = places.get(address)
        values = [place.read(value) for value in said.split(",")] if place is not None else []
        entry = SearchEntry(address=address, choices=tuple(values))
        if place is None:
            _dimension(places, entry)
    check_part("search", SearchSpec(entries=(entry,)))
    _dimension(places, entry)
    return entry


def _read_range(address: str, said: str) -> SearchEntry:
    ends, _colon, way = said.partition(":")
    low, _, high = ends.partition("..")
    try:
        step = None if way.strip() in ("", "log") else _number(way)
        return SearchEntry(address=address, low=_number(low), high=_number(high), log=way.strip() == "log", step=step)
    except ValueError:
        wanted = "a range is LOW..HIGH, LOW..HIGH:log or LOW..HIGH:STEP, with numbers"
        raise ValueError(f"{address}: “{said}” cannot be read; {wanted}") from None


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        value = float(text)
        if not math.isfinite(value):
            raise
        return value


def write_entry(entry: SearchEntry) -> str:
    """The entry as `parse_entry` reads it, without its address."""
    if entry.low is None or entry.high is None:
        return ", ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in entry.choices)
    way = ":log" if entry.log else f":{entry.step!r}" if entry.step else ""
    return f"{entry.low!r}..{entry.high!r}{way}"


# --- grids -----------------------------------------------------------------------------------------------------------------------------


def list_grid(space: list[Dimension]) -> list[dict[str, Value]]:
    """Every combination of the values of all dimensions, the last one changing fastest.

    Raises:
        ValueError: there are more than ``MOST_POINTS``.
    """
    columns = [list(itertools.islice(_values(one), MOST_POINTS + 1)) for one in space]
    count = math.prod(map(len, columns))
    if count > MOST_POINTS:
        raise ValueError(
            f"this grid has {count:,} combinations; {MOST_POINTS:,} are allowed: take larger steps or fewer values"
        )
    return [
        dict(zip((one.entry.address for one in space), point, strict=True)) for point in itertools.product(*columns)
    ]


def _values(one: Dimension) -> Iterator[Value]:
    entry = one.entry
    if entry.low is None or entry.high is None:
        yield from entry.choices
        return
    low, high = entry.low, entry.high
    whole = one.kind == "int"
    if entry.step:
        for number in range(int((high - low) / entry.step + 1e-9) + 1):
            value = low + number * entry.step
            yield int(value) if whole else float(f"{value:.12g}")
        return
    if whole and not entry.log and high - low < GRID_VALUES:
        yield from range(int(low), int(high) + 1)
        return
    last = None
    for number in range(GRID_VALUES):
        share = number / (GRID_VALUES - 1)
        value = low * (high / low) ** share if entry.log else low + (high - low) * share
        found = round(value) if whole else float(f"{min(max(value, low), high):.6g}")
        if found != last:
            yield found
        last = found
