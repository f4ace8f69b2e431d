"""Blocks' definitions: one made unique for a use of it, renamed, thrown away when nothing uses it."""

from __future__ import annotations

from msgspec.structs import replace

from visualnet.core.edits import put_block
from visualnet.core.edits.clipboard import with_blocks_called
from visualnet.core.graph import BLOCK_PREFIX, Graph
from visualnet.core.names import fault_in_name, free
from visualnet.core.project import Block, Project
from visualnet.core.validation import node_of, sheet_of


def make_unique(project: Project, sheet: str, id: str) -> Project:
    """Give an instance a definition of its own, which can be changed without changing the others."""
    graph = sheet_of(project, sheet)
    node = node_of(graph, id)
    block = project.blocks.get(node.block or "")
    if block is None:
        raise ValueError("select a block to make unique")
    if sum(n.kind == node.kind for _, g in project.sheets() for n in g) == 1:
        raise ValueError(f"“{node.name}” is the only use of its block already")
    called = free(node.block or "", project.blocks, "block")
    project = put_block(project, called, block)
    after = replace(graph, nodes={**graph.nodes, id: replace(node, kind=BLOCK_PREFIX + called)})
    return project.with_sheet(sheet, after)


def rename_block(project: Project, old: str, new: str) -> Project:
    """Call a block otherwise; all its instances follow.

    Raises:
        ValueError: there is no such block, or the name is taken or is none.
    """
    if old not in project.blocks:
        raise ValueError(f"there is no block “{old}” in this project")
    if new == old:
        return project
    if fault := fault_in_name(new):
        raise ValueError(f"{fault}; “{free(new, project.blocks, 'block')}” can be had")
    if new in project.blocks:
        raise ValueError(f"another block is called “{new}”; “{free(new, project.blocks)}” is free")
    called = {name: new if name == old else name for name in project.blocks}
    blocks = {
        called[name]: _put(block, with_blocks_called(block.graph, called)) for name, block in project.blocks.items()
    }
    return replace(project, graph=with_blocks_called(project.graph, called), blocks=blocks)


def _put(block: Block, graph: Graph) -> Block:
    return block if graph is block.graph else replace(block, graph=graph)


def unused_blocks(project: Project) -> list[str]:
    """The definitions that nothing on the main sheet leads to."""
    used: set[str] = set()
    todo = [n.block for n in project.graph]
    while todo:
        name = todo.pop()
        if name is not None and name not in used and name in project.blocks:
            used.add(name)
            todo += [n.block for n in project.blocks[name].graph]
    return [name for name in project.blocks if name not in used]


def remove_unused(project: Project) -> Project:
    """Throw away the definitions that nothing uses."""
    gone = set(unused_blocks(project))
    return replace(project, blocks={k: v for k, v in project.blocks.items() if k not in gone}) if gone else project
