"""What lies over the drawing and is not in the document: selection, hover, and what a gesture shows."""

from __future__ import annotations

from collections.abc import Collection, Container

from visualnet.core.graph import Port


class Highlights:
    """What lies over the drawing and is not in the document: selection, hover, and what a gesture shows."""

    def __init__(self) -> None:
        self.selected: set[str] = set()
        self.wires: set[Port] = set()
        self.hover_card = ""
        self.hover_port: tuple[str, str, bool] | None = None
        self.hover_wire: Port | None = None
        self.fitting: Container[tuple[str, str, bool]] | None = None
        """While a wire is drawn: the ports that take it. Everything else is dimmed."""
        self.dim: Container[str] = ()
        self.hidden_wire: Port | None = None
        self.remarks: set[str] = set()
        self.bend = -1
        """Which point of the selected wire the keyboard is at; −1: at the wire itself."""
        self.home = ""
        """The card from which the keyboard went to its wires."""
        self.flow: set[Port] = set()
        """The wires that lead to the selected card or away from it."""

    def reset(self) -> None:
        self.__init__()  # type: ignore[misc]

    def keep(self, cards: Collection[str], wires: Collection[Port], remarks: Collection[str] = ()) -> None:
        """Forget what is gone."""
        self.remarks.intersection_update(remarks)
        self.flow.intersection_update(wires)
        self.selected.intersection_update(cards)
        self.wires.intersection_update(wires)
        if self.hover_card not in cards:
            self.hover_card, self.hover_port = "", None
        if self.hover_wire not in wires:
            self.hover_wire = None
