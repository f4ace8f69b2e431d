"""What is shown of the inside of a network, a state each, for ``tests/pictures.py --only NAME``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pictures import Photographer


def backprop(p: Photographer) -> None:
    """Both passes of XOR by hand: forward, backward, a step; and inside a block."""
    import torch  # noqa: F401 - what the program loads in the background

    for template, places in (("xor", {"forward": 0, "backward": 7, "step": 8}), ("transformer-small", {"block": 30})):
        p.open(template)
        p.window.spaces.reveal("backprop")
        panel = p.window.panel("backprop")
        p.until(lambda panel=panel: panel.passes is not None)
        for name, at in places.items():
            panel.go_to(at)
            p.shot(f"backprop-{name}")


def dashboard(p: Photographer) -> None:
    """Cards and wires drawn by what is observed of them: before a training, and from far."""
    import torch  # noqa: F401 - what the program loads in the background

    p.open("lenet5")
    board = p.window.overlay("dashboard")
    board.choose_wires("gradients")
    for cards in ("dead", "weights", "run"):
        board.choose_cards(cards)
        p.until(lambda: bool(board.card_figures and board.wire_figures))
        p.shot(f"dashboard-{cards}")
    board.choose_cards("weights")
    p.until(lambda: bool(board.layer.tints))
    p.window.canvas.view.look(p.window.canvas.view.pose()._replace(zoom=0.3))
    p.shot("dashboard-far")
    board.choose_cards("")
    board.choose_wires("")
