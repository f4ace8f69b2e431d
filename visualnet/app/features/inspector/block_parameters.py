"""Parameters of blocks: declared as a layer's are, and made from a parameter of a node inside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu

from visualnet.app.state.studio import Studio
from visualnet.core import edits
from visualnet.core.edits import block_parameters
from visualnet.core.graph import Node
from visualnet.core.project import MAIN, About, Block
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Float, Int, Param


def fill_row_menu(studio: Studio, ids: Sequence[str], name: str, menu: QMenu) -> None:
    """What can be done with one parameter of the selected nodes: back to its default, or made a parameter of the open block."""
    node = studio.graph.nodes.get(ids[0]) if ids else None
    if node is None:
        return
    default = _default(studio, node, name)
    sheet, chosen = studio.sheet, list(ids)
    back = menu.addAction("Back to the default")
    back.setEnabled(name in node.params)
    back.triggered.connect(
        lambda: studio.do(f"Reset {name}", lambda p: edits.set_params(p, sheet, chosen, {name: edits.RESET}))
    )
    if sheet != MAIN and len(chosen) == 1:
        make = menu.addAction("Expose as block parameter")
        make.setEnabled(block_parameters.is_number(node.params.get(name, default)))
        make.triggered.connect(lambda: expose_default(studio, node.id, name))


def expose_default(studio: Studio, id: str, name: str) -> bool:
    """Make a parameter of a node on the open block's sheet a parameter of the block, with the value that it has."""
    node, sheet = studio.graph.nodes.get(id), studio.sheet
    if node is None:
        return False
    value = node.params.get(name, _default(studio, node, name))
    return studio.do(f"Expose {name}", partial(block_parameters.expose, block=sheet, id=id, param=name, value=value))


def params_of(block: Block) -> list[Param]:
    """A block's parameters as declared ones, with what is told of them."""
    params: list[Param] = []
    for name, default in block.params.items():
        about = block.about.get(name, About())
        kind: type[Int] | type[Float] = Int if isinstance(default, int) else Float
        low = -(10**9) if about.low is None else about.low
        high = 10**9 if about.high is None else about.high
        param = kind(default, about.note or "A parameter of the block.", low=low, high=high)  # type: ignore[arg-type]
        param.name = name
        params.append(param)
    return params


def _default(studio: Studio, node: Node, name: str) -> Any:
    kind = LAYERS.get(node.kind)
    if kind is not None:
        return kind.params[name].default if name in kind.params else None
    block = studio.project.blocks.get(node.block or "")
    return block.params.get(name) if block else None
