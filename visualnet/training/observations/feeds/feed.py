"""What a person puts in the place of a port's value: a frozen value without torch, for the window as for who computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.analysis.facts import NodeFacts
from visualnet.core.text.format import format_number, format_percent, format_quantity
from visualnet.layers.declaration.spec import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

Place = tuple[tuple[str, ...], str]
"""A port: node ids from the main sheet down (``n3#2``: the third repetition of a block), and the port's name."""

KINDS: Mapping[str, str] = {
    "zeros": "Zeros (off)",
    "mean": "Mean of the validation set",
    "noise": "Noise",
    "sample": "Another sample",
    "scale": "A factor for each unit",
    "values": "A value for each unit",
    "drawing": "A drawing",
}
"""What can stand in a port's place, with its title, in the order in which it is offered."""

MOST_UNITS = 4096
"""A port with more units than these is fed as a whole."""
_WORDS: Mapping[str, str] = {"C": "channel", "D": "feature", "heads": "head", "T": "token"}


@dataclass(frozen=True, eq=False)
class DrawnValue:
    """A picture that a person drew, from 0 (the least that a channel has over the validation set) to 1 (the most): (1, H, W), the same
    for every channel, or (C, H, W). Each is another one."""

    values: NDArray[Any]


class FeedUnits(NamedTuple):
    """Along which axis of a sample its units are counted, how many there are, and what one is called."""

    axis: int
    size: int
    word: str

    def name(self, unit: int) -> str:
        """What one of them is called."""
        return f"{self.word} {unit}"

    def names(self, units: Iterable[int]) -> str:
        """What some of them are called together: of many the first."""
        chosen = list(units)
        if not chosen:
            return "all"
        told = ", ".join(map(str, chosen[:4])) + (" …" if len(chosen) > 4 else "")
        return f"{self.word} {told}"


class Feed(NamedTuple):
    """What stands in for the value of a port, from its ``kind``.

    Only ``units`` are replaced, the others pass through; none named means all. ``figures`` are the factors or values of those units
    (one figure: the same for each; no values: what flows there flows on). Of noise the figure is how many standard deviations it
    spreads. ``share`` blends: 0 is the value that flows there, 1 what is fed. ``heads``: the units are the heads of an attention layer,
    before they are mixed.
    """

    port: Place
    kind: str = "zeros"
    units: tuple[int, ...] = ()
    figures: tuple[float, ...] = ()
    share: float = 1.0
    sample: int = 0
    seed: int = 0
    heads: bool = False
    drawing: DrawnValue | None = None
    on: bool = True

    def figure(self, unit: int, default: float) -> float:
        """The figure of one unit, whether all or some are fed."""
        if not self.figures:
            return default
        at = unit if not self.units else self.units.index(unit) if unit in self.units else -1
        if at < 0:
            return default
        return self.figures[at] if len(self.figures) > 1 else self.figures[0]

    def text(self, units: FeedUnits | None) -> str:
        """What it does, in a few words: for badges and lists."""
        words = {
            "zeros": "off",
            "mean": "mean",
            "noise": "noise",
            "sample": f"sample {self.sample}",
            "scale": self._factors_text(units),
            "values": f"{format_quantity(len(self.figures), 'value')} by hand" if self.figures else "as it flows",
            "drawing": "drawing",
        }[self.kind]
        if self.kind not in ("scale", "values") and units is not None and self.units and len(self.units) < units.size:
            words = f"{units.names(self.units)} {words}"
        return words if self.share == 1.0 else f"{words}, {format_percent(self.share, 0)}"

    def _factors_text(self, units: FeedUnits | None) -> str:
        """Which units are off, or how many have another factor than 1."""
        chosen = self.units or tuple(range(units.size if units is not None else len(self.figures)))
        factors = {unit: self.figure(unit, 1.0) for unit in chosen}
        changed = [unit for unit, factor in factors.items() if factor != 1.0]
        if not changed:
            return "× 1"
        if units is not None and all(factors[unit] == 0.0 for unit in changed):
            return "all off" if len(changed) == units.size else f"{units.names(changed)} off"
        if units is not None and len(changed) == 1:
            return f"{units.name(changed[0])} × {format_number(factors[changed[0]])}"
        return f"{format_quantity(len(changed), 'factor')} by hand"


def active_feeds(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Those that are switched on."""
    return tuple(feed for feed in feeds if feed.on)


def find_units(spec: Spec | None) -> FeedUnits | None:
    """How a value divides into units: the channels of maps, the features of tokens, the numbers of a vector; None where it does not."""
    if spec is None or not spec.batched or not spec.shape or spec.dtype != "float":
        return None
    axis = 0
    if len(spec.shape) == 2 and spec.axes[:1] != ("C",):
        axis = 1
    letter = spec.axes[axis] if axis < len(spec.axes) else ""
    word = "unit" if len(spec.shape) == 1 else _WORDS.get(letter, "unit")
    return FeedUnits(axis, int(spec.shape[axis]), word)


def find_heads(facts: NodeFacts) -> int:
    """How many heads an attention node declares; 0 where it has fewer than two, or holds several attentions (a stack, a decoder) or
    none with weights of its own."""
    if facts.layer is None or facts.inside:
        return 0
    values = facts.layer.values()
    is_stack = any(name.startswith("num_") and name.endswith("layers") for name in values)
    if is_stack or "memory" in facts.inputs or not facts.parameters:
        return 0
    heads = values.get("num_heads", values.get("nhead", 0))
    return int(heads) if isinstance(heads, int) and heads > 1 else 0


def units_of(facts: NodeFacts, feed: Feed) -> FeedUnits | None:
    """The units that a feed at a port of this node counts."""
    if feed.heads:
        heads = find_heads(facts)
        return FeedUnits(0, heads, "head") if heads else None
    return find_units(facts.leaving.get(feed.port[1]))


def kinds_for(facts: NodeFacts, port: str, heads: bool = False) -> tuple[str, ...]:
    """What can stand in the place of this port's value; nothing where it cannot be fed."""
    spec = facts.leaving.get(port)
    if spec is None or not spec.batched:
        return ()
    if heads:
        return ("zeros", "scale") if find_heads(facts) else ()
    if spec.dtype != "float":
        # Numbers of words or classes have no mean, and a factor of them is another word.
        return ("zeros", "sample") if spec.dtype == "int" else ()
    kinds = [kind for kind in KINDS if kind != "drawing"]
    if not spec.shape or spec.size == 0:
        return ("zeros", "mean", "noise", "sample")
    if takes_drawing(spec):
        kinds.append("drawing")
    return tuple(kinds)


def takes_drawing(spec: Spec) -> bool:
    """Whether a value is an image or a stack of maps that one could draw."""
    return spec.dtype == "float" and len(spec.shape) == 3 and min(spec.shape[1:]) >= 4


def first_kind(spec: Spec | None) -> str:
    """What a port is fed at first: sliders for a short vector, a factor for each channel of maps, otherwise zeros."""
    units = find_units(spec)
    if units is None or spec is None or units.size > 64:
        return "zeros"
    return "values" if len(spec.shape) == 1 else "scale"


def why_not(feed: Feed, facts: NodeFacts | None) -> str:
    """Why this feed does nothing at the node as it is now; nothing where it does. The network may have been edited since."""
    if facts is None or feed.port[1] not in facts.outputs:
        return "Its node is no longer in the network."
    if feed.kind not in kinds_for(facts, feed.port[1], feed.heads):
        return f"“{KINDS.get(feed.kind, feed.kind)}” does not fit what flows here."
    units = units_of(facts, feed)
    if units is not None and feed.units and max(feed.units) >= units.size:
        return f"Only {format_quantity(units.size, units.word)} leave this node now."
    chosen = len(feed.units) or (units.size if units is not None else 0)
    if feed.kind in ("scale", "values") and len(feed.figures) not in (0, 1, chosen):
        one = units.word if units is not None else "unit"
        return f"{format_quantity(len(feed.figures), 'figure')} cannot be given to {format_quantity(chosen, one)}."
    if feed.kind == "drawing":
        shape = tuple(map(int, facts.leaving[feed.port[1]].shape))
        if feed.drawing is None:
            return "Nothing is drawn yet."
        drawn = feed.drawing.values.shape
        if drawn[1:] != shape[1:] or drawn[0] not in (1, shape[0]):
            return "The drawing has another size than what flows here now."
    return ""
