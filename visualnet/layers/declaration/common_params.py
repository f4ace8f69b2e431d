"""The parameters that nodes of different kinds have in common, so that one form sets them all."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from visualnet.layers.declaration.params import Choice, Float, Floats, Int, Ints, Param


def common_params(lists: Sequence[Sequence[Param]]) -> list[Param]:
    """Those of the first list that all others have too, within the bounds that all of them keep."""
    if not lists:
        return []
    others = [{p.name: p for p in params} for params in lists[1:]]
    found = []
    for param in lists[0]:
        there = [known.get(param.name) for known in others]
        if all(p is not None and _alike(param, p) for p in there):
            found.append(_narrowed([param, *(p for p in there if p is not None)]))
    return found


def _alike(one: Param, other: Param) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Ints) and isinstance(other, Ints):
        return one.rank == other.rank
    if isinstance(one, Choice) and isinstance(other, Choice):
        return bool(one.options.keys() & other.options.keys())
    return True


def _narrowed(alike: list[Param]) -> Param:
    """One declaration that allows what all of them allow."""
    found = copy(alike[0])
    if isinstance(found, Int | Float | Ints | Floats):
        found.low = max(p.low for p in alike if isinstance(p, Int | Float | Ints | Floats))
        found.high = min(p.high for p in alike if isinstance(p, Int | Float | Ints | Floats))
    if isinstance(found, Int | Ints) and not all(p.none for p in alike if isinstance(p, Int | Ints)):
        found.none = ""
    if isinstance(found, Ints):
        spoken = [p.words for p in alike if isinstance(p, Ints)]
        found.words = {word: told for word, told in found.words.items() if all(word in known for known in spoken)}
    if isinstance(found, Choice):
        rest = [p.options for p in alike if isinstance(p, Choice)]
        found.options = {word: told for word, told in found.options.items() if all(word in known for known in rest)}
    return found
