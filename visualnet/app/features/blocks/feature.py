"""Declares what can be done with blocks, and the library of a person's own."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.blocks import commands, repeating
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio


def has_block(studio: Studio) -> bool:
    """Whether a block is selected or open."""
    return bool(commands.block_meant(studio))


def has_instance(studio: Studio) -> bool:
    """Whether the use of a block is selected."""
    return bool(commands.selected_instances(studio))


def has_one_instance(studio: Studio) -> bool:
    """Whether the use of a block is selected, and nothing else."""
    return has_instance(studio) and len(commands.selected_nodes(studio)) == 1


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("graph.repeat_block", 20, "Repeat block…", "Let the selected block stand behind itself so many times",
               "repeat", "", repeating.ask_repeat, has_instance, {"block": 24}),
    ActionSpec("graph.group", 21, "Group into block", "Put the selected nodes into a block", "group", "Ctrl+G",
               commands.group, commands.can_group, {"node": 21}, context="canvas"),
    ActionSpec("graph.ungroup", 22, "Ungroup", "Put a block's nodes in its place", "block", "Ctrl+Shift+G",
               commands.ungroup, has_instance, {"block": 25}, context="canvas",
               submenu="Block", submenus={"block": "Block"}),
    ActionSpec("graph.make_unique", 22, "Make unique", "Give this use of a block a definition of its own", "duplicate",
               "", commands.make_unique, has_one_instance, {"block": 25}, submenu="Block", submenus={"block": "Block"}),
    ActionSpec("graph.rename_block", 22, "Rename block…", "Call the block otherwise, wherever it is used", "rename", "",
               commands.rename, has_block, {"block": 25}, submenu="Block", submenus={"block": "Block"}),
    ActionSpec("graph.save_block", 22, "Keep block in library", "Offer the block in every project", "save", "",
               commands.save_to_library, has_block, {"block": 25}, submenu="Block", submenus={"block": "Block"}),
    ActionSpec("graph.export_block", 22, "Export block…", "Write the block to a file to hand on", "export", "",
               commands.export, has_block, submenu="Block"),
    ActionSpec("graph.import_block", 22, "Import block…", "Take a block's file into the library", "open", "",
               commands.import_file, submenu="Block"),
    ActionSpec("graph.remove_unused", 22, "Remove unused blocks", "Throw away definitions that nothing uses", "delete",
               "", commands.remove_unused, commands.has_unused, submenu="Block"),
)
# fmt: on
FEATURE = Feature(
    "blocks",
    "Nodes put together under a name, used many times and drawn once; those that are kept stand among the layers in every project.",
    actions=ACTIONS,
)
