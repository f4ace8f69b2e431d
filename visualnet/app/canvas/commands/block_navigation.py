"""Go into a block."""

from __future__ import annotations

from visualnet.app.canvas.base import CanvasBase


def enter(view: CanvasBase) -> None:
    """Open the selected block; bring another card into view."""
    if not view.studio.selection:
        return
    node_id = view.studio.selection[-1]
    node = view.canvas.graph.nodes[node_id]
    if node.block is not None and node.block in view.studio.project.blocks:
        view.studio.open_sheet(node.block, (*view.studio.path, node_id))
    else:
        view.show_card(node_id)
