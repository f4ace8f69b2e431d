"""How many times a block stands behind itself."""

from __future__ import annotations

from PySide6.QtWidgets import QInputDialog

from visualnet.app.features.blocks.commands import selected_instances
from visualnet.app.state.studio import Studio
from visualnet.core import edits, expressions, repetition

MOST = 1000
"""So many times a block can be repeated."""


def ask_repeat(studio: Studio) -> None:
    """Ask how often the selected blocks are repeated, and set it as one step; a block that cannot be is told of."""
    view, blocks = studio.active.itself, selected_instances(studio)
    for block in blocks:
        facts = view.facts[block.id] if view.facts is not None and block.id in view.facts.nodes else None
        if facts is not None and (fault := repetition.fault(facts.inputs, facts.outputs)):
            view.message.emit("hint", f"“{block.name}” cannot be repeated: {fault}")
            return
    whose = f"“{blocks[0].name}”" if len(blocks) == 1 else f"Each of the {len(blocks)} blocks"
    words = f"{whose} stands behind itself so many times, each time with weights of its own:"
    parent = studio.shell.dialog_parent()
    times, agreed = QInputDialog.getInt(parent, "Repeat block", words, _times_now(studio), 1, MOST)
    if not agreed:
        return
    sheet, ids = view.sheet, [block.id for block in blocks]
    name = f"“{blocks[0].name}”" if len(blocks) == 1 else f"{len(blocks)} blocks"
    view.do(f"Repeat {name} ×{times}", lambda p: edits.set_node(p, sheet, ids, repeat=times))


def _times_now(studio: Studio) -> int:
    """How often the first of them is repeated, what is written as an expression worked out."""
    try:
        return expressions.read_whole(selected_instances(studio)[0].repeat, studio.active.scope)
    except ValueError:
        return 1
