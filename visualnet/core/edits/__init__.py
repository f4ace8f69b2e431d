"""Every edit of a project, pure functions `Project -> Project`. The names of `nodes` are also had from here.

An edit takes `(project, sheet, ...)`, raises `ValueError` with words for what a person did wrong, and gives back the same object
where it changes nothing.

- `nodes.py`: nodes and wires added, removed, set, renamed, moved; recipe, data, search and constants.
- `grouping.py`: blocks made of nodes and taken apart; `definitions.py`: blocks renamed, made unique, removed;
  `block_parameters.py`: parameters of blocks and constants made, renamed, removed; `frame_contents.py`: frames and notes that go
  along.
- `annotate.py`: what only the eye needs of a sheet: points of wires, frames, notes, bookmarks, the direction of the ports.
- `bypass.py`: nodes taken out of a chain, so that the gap closes.
"""

from visualnet.core.edits.clipboard import copy, duplicate, paste
from visualnet.core.edits.nodes import (
    RESET,
    add_node,
    choose_data,
    connect,
    disconnect,
    insert_on_wire,
    move,
    put_block,
    remove,
    remove_block,
    rename,
    set_block_params,
    set_constants,
    set_data,
    set_name,
    set_node,
    set_note,
    set_params,
    set_recipe,
    set_search,
    set_training,
)
from visualnet.core.names import free_name, new_id

__all__ = [
    "RESET",
    "add_node",
    "choose_data",
    "connect",
    "copy",
    "disconnect",
    "duplicate",
    "free_name",
    "insert_on_wire",
    "move",
    "new_id",
    "paste",
    "put_block",
    "remove",
    "remove_block",
    "rename",
    "set_block_params",
    "set_constants",
    "set_data",
    "set_name",
    "set_node",
    "set_note",
    "set_params",
    "set_recipe",
    "set_search",
    "set_training",
]
