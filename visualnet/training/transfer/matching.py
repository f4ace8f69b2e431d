"""Which tensor of a file goes where in a network: by name, then by shape and order; and in words why the others do not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from visualnet.core.text.format import format_quantity

Spec = tuple[tuple[int, ...], str]
"""A tensor's shape and type, the latter as safetensors spells it."""
FLOATS = frozenset(["F64", "F32", "F16", "BF16"])


class MatchedTensor(NamedTuple):
    """A tensor of the network: where it comes from (nothing: it begins fresh), and in words how or why."""

    name: str
    shape: tuple[int, ...]
    source: str
    words: str


class MatchedTensors(NamedTuple):
    """All tensors of a network in order, and those of the file that nothing wanted."""

    matches: tuple[MatchedTensor, ...]
    unused: tuple[str, ...]

    @property
    def taken(self) -> Mapping[str, str]:
        """For each tensor that is taken over: its name in the file."""
        return {match.name: match.source for match in self.matches if match.source}

    @property
    def summary(self) -> str:
        """How much is taken over, in a sentence."""
        count, taken = len(self.matches), len(self.taken)
        if not taken:
            return "None of these weights fit this network: everything would begin fresh."
        fresh = count - taken
        words = f"{taken:,} of {format_quantity(count, 'tensor')} taken over" + (
            f", {fresh:,} begin fresh" if fresh else ""
        )
        return words + (
            f"; {format_quantity(len(self.unused), 'tensor')} of the file not used." if self.unused else "."
        )


def match_tensors(
    network: Mapping[str, Spec], file: Mapping[str, Spec], broken: Collection[str] = ()
) -> MatchedTensors:
    """Hold a file's tensors against a network's. ``broken`` ones hold numbers that are not finite: nobody begins from them."""
    found: dict[str, tuple[str, str]] = {}
    why: dict[str, str] = {}
    for name, spec in network.items():
        if name not in file:
            continue
        if fault := _fault(spec, file[name]):
            why[name] = fault
        elif name in broken:
            why[name] = "the file's numbers there are not all finite"
        else:
            found[name] = name, "same name"
    left = [n for n in network if n not in found and n not in why]
    free = [n for n in file if n not in network and n not in broken]
    found |= _by_order(left, free, network, file)
    matches = [
        MatchedTensor(
            name, spec[0], *found.get(name, ("", why.get(name) or "the file has nothing of this shape that is left"))
        )
        for name, spec in network.items()
    ]
    used = {source for source, _ in found.values()}
    return MatchedTensors(tuple(matches), tuple(name for name in file if name not in used))


def _by_order(
    left: Iterable[str], free: Sequence[str], network: Mapping[str, Spec], file: Mapping[str, Spec]
) -> dict[str, tuple[str, str]]:
    """Of what no name joins: the next one in the file that is called alike at its end (``weight``, ``bias``) and has the same shape."""
    found: dict[str, tuple[str, str]] = {}
    alike: dict[str, list[str]] = {}
    for other in free:
        alike.setdefault(_leaf(other), []).append(other)
    at = dict.fromkeys(alike, 0)
    for name in left:
        leaf = _leaf(name)
        for place in range(at.get(leaf, 0), len(alike.get(leaf, ()))):
            other = alike[leaf][place]
            if not _fault(network[name], file[other]):
                found[name] = other, "same shape and order"
                at[leaf] = place + 1
                break
    return found


def _leaf(name: str) -> str:
    return name.rpartition(".")[2]


def _fault(wanted: Spec, given: Spec) -> str:
    """Why this tensor cannot stand for that one; empty if it can."""
    if wanted[0] != given[0]:
        return f"the file has it as {_sizes(given[0])}, the network as {_sizes(wanted[0])}"
    if wanted[1] != given[1] and not {wanted[1], given[1]} <= FLOATS:
        return f"the file has it as {given[1]}, the network as {wanted[1]}"
    return ""


def _sizes(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"
