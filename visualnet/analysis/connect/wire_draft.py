"""A wire while it is drawn: where it would end, what would come of that, and which ports would take it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from visualnet.analysis.connect.check import Acceptance, WireVerdict
from visualnet.core.graph import Port

FRAME_S = 0.004
"""So long in one frame."""


class HasPorts(Protocol):
    """What is asked of a card."""

    @property
    def inputs(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Sequence[str]: ...


class WireDraft:
    """A wire from ``fixed``, forward from an output to an input or backwards; ``picked`` is the wire whose end was taken up for it."""

    def __init__(self, accept: Acceptance, fixed: Port, forward: bool, picked: Port | None = None) -> None:
        self.accept, self.fixed, self.forward, self.picked = accept, fixed, forward, picked
        self.over: Port | None = None
        """The port that a release now would take."""
        self.verdict: WireVerdict | None = None

    def ends(self, other: Port) -> tuple[Port, Port]:
        """Source and target of the wire to another port."""
        return (self.fixed, other) if self.forward else (other, self.fixed)

    def aim(self, node: str, port: str = "", out: bool = False) -> None:
        """Point at a node, or at one of its ports; at none with an empty name."""
        if not node or node == self.fixed.node:
            self.over = None
        elif port and out != self.forward:
            self.over = Port(node, port)
        else:
            find = self.accept.free_port if self.forward else self.accept.free_output
            self.over = find(self.fixed, node)
        self.verdict = self.accept.verdict(*self.ends(self.over)) if self.over is not None else None

    @property
    def fits(self) -> bool:
        """False only where it is known that it does not."""
        return self.verdict is None or self.verdict.fits

    def hint(self) -> tuple[str, str]:
        """What is to be said of it, and how that is meant: ``ok``, ``error`` or neither."""
        if self.verdict is not None:
            return self.verdict.words, "ok" if self.verdict.fits else "error"
        if self.picked is not None:
            return "drop here to take the wire out", ""
        spec = self.accept.spec(self.fixed) if self.forward else None
        return (spec.text if spec is not None else "drop here to add a layer"), ""


class FittingPorts:
    """The ports at which a wire could end, found out a few at a time so that no frame waits for them."""

    def __init__(self, draft: WireDraft) -> None:
        self.draft = draft
        self._until = 0.0
        self._asked = False
        self.more = False
        """Whether some are not found out yet: another frame is wanted."""

    def begin_frame(self) -> None:
        """From now on there is time again."""
        self._until, self._asked, self.more = time.perf_counter() + FRAME_S, False, False

    def __contains__(self, key: object) -> bool:
        """Whether a port takes the wire; ``key`` is its node, its name, and whether it is an output."""
        assert isinstance(key, tuple)
        node, port, out = key
        accept, pair = self.draft.accept, self.draft.ends(Port(node, port))
        if out is self.draft.forward:
            return False
        if not accept.knows(*pair):
            if self._asked and time.perf_counter() > self._until:
                self.more = True
                return False
            self._asked = True
        return accept.likely(*pair)


class UnfittingNodes:
    """The nodes on which no port takes the wire; none that is not found out yet."""

    def __init__(self, fitting: FittingPorts, cards: Mapping[str, HasPorts]) -> None:
        self.fitting, self.cards = fitting, cards

    def __contains__(self, node_id: object) -> bool:
        assert isinstance(node_id, str)
        card, out = self.cards.get(node_id), not self.fitting.draft.forward
        if card is None or node_id == self.fitting.draft.fixed.node:
            return False
        fits = any((node_id, port, out) in self.fitting for port in (card.outputs if out else card.inputs))
        return not fits and not self.fitting.more
