"""Parameters of blocks: declared as a layer's are, and made from a parameter of a node inside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from visualnet.app.features.search.setting_menu import address_of, offer_search
from visualnet.app.state.studio import Studio
from visualnet.core import edits
from visualnet.core.edits import block_parameters
from visualnet.core.project import MAIN
from visualnet.layers.node_params import default_value


def fill_row_menu(studio: Studio, ids: Sequence[str], name: str, menu: QMenu) -> None:
    """What can be done with one parameter of the selected nodes: back to its default, searched over, or made the open block's."""
    node = studio.graph.nodes.get(ids[0]) if ids else None
    if node is None:
        return
    default = default_value(studio.project, node, name)
    sheet, chosen = studio.sheet, list(ids)
    back = menu.addAction("Back to the default")
    back.setEnabled(name in node.params)
    back.triggered.connect(
        lambda: studio.do(f"Reset {name}", lambda p: edits.set_params(p, sheet, chosen, {name: edits.RESET}))
    )
    if len(chosen) == 1:
        offer_search(studio, menu, address_of(sheet, node.name, name))
    if sheet != MAIN and len(chosen) == 1:
        make = menu.addAction("Expose as block parameter")
        make.setEnabled(block_parameters.is_number(node.params.get(name, default)))
        make.triggered.connect(lambda: expose_default(studio, node.id, name))


def expose_default(studio: Studio, id: str, name: str) -> bool:
    """Make a parameter of a node on the open block's sheet a parameter of the block, with the value that it has."""
    node, sheet = studio.graph.nodes.get(id), studio.sheet
    if node is None:
        return False
    value = node.params.get(name, default_value(studio.project, node, name))
    return studio.do(
        f"Expose {name}", partial(block_parameters.promote_parameter, block=sheet, id=id, param=name, value=value)
    )
