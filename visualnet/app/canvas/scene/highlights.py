"""What lies over the drawing and is not in the document: selection, hover, and what a gesture shows."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass, field
from typing import Protocol

from visualnet.core.graph import Port


class FittingPorts(Protocol):
    """While a wire is drawn: the ports that take it, by node, name and whether they are outputs. Found out a few in each frame."""

    def __contains__(self, port: object) -> bool: ...

    def begin_frame(self) -> None: ...


@dataclass
class Highlights:
    """Of one sheet."""

    selected: set[str] = field(default_factory=set)
    wires: set[Port] = field(default_factory=set)
    annotations: set[str] = field(default_factory=set)
    hover_card: str = ""
    hover_port: tuple[str, str, bool] | None = None
    hover_wire: Port | None = None
    fitting: FittingPorts | None = None
    """Everything else is dimmed."""
    dim: Container[str] = ()
    hidden_wire: Port | None = None
    bend: int = -1
    """Which point of the selected wire the keyboard is at; −1: at the wire itself."""
    home: str = ""
    """The card from which the keyboard went to its wires."""
    flow: set[Port] = field(default_factory=set)
    """The wires that lead to the selected card or away from it."""

    def keep(self, cards: Collection[str], wires: Collection[Port], annotations: Collection[str] = ()) -> None:
        """Forget what is gone."""
        self.annotations.intersection_update(annotations)
        self.flow.intersection_update(wires)
        self.selected.intersection_update(cards)
        self.wires.intersection_update(wires)
        if self.hover_card not in cards:
            self.hover_card, self.hover_port = "", None
        if self.hover_wire not in wires:
            self.hover_wire = None
