"""While a wire is drawn: which ports would take it, found out a few at a time so that no frame waits for them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from visualnet.analysis.connect.check import Acceptance
from visualnet.core.graph import Port

FRAME_S = 0.004
"""So long in one frame."""


class HasPorts(Protocol):
    """What is asked of a card."""

    @property
    def inputs(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Sequence[str]: ...


class FittingPorts:
    """The ports at which a wire from ``fixed`` could end; ``forward``: from an output to inputs, else backwards."""

    def __init__(self, accept: Acceptance, fixed: Port, forward: bool) -> None:
        self.accept, self.fixed, self.forward = accept, fixed, forward
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
        if out is self.forward:
            return False
        pair = (self.fixed, Port(node, port)) if self.forward else (Port(node, port), self.fixed)
        if not self.accept.knows(*pair):
            if self._asked and time.perf_counter() > self._until:
                self.more = True
                return False
            self._asked = True
        return self.accept.likely(*pair)


class UnfittingNodes:
    """The nodes on which no port takes the wire; none that is not found out yet."""

    def __init__(self, fitting: FittingPorts, cards: Mapping[str, HasPorts]) -> None:
        self.fitting, self.cards = fitting, cards

    def __contains__(self, node_id: object) -> bool:
        assert isinstance(node_id, str)
        card, out = self.cards.get(node_id), not self.fitting.forward
        if card is None or node_id == self.fitting.fixed.node:
            return False
        fits = any((node_id, port, out) in self.fitting for port in (card.outputs if out else card.inputs))
        return not fits and not self.fitting.more
