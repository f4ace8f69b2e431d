"""What a person does with blocks. Each edit is one undo step; what cannot be done is said in words.

All of it concerns the view that was worked in last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog

from visualnet.analysis.block_ports import ends, open_ports
from visualnet.app.state.studio import Studio
from visualnet.core.edits import definitions, grouping
from visualnet.core.errors import FileError
from visualnet.core.graph import Node
from visualnet.core.project import Project
from visualnet.core.user import block_library

FILTER = "VisualNet projects (*.vnet)"


def selected_nodes(studio: Studio) -> list[Node]:
    """The nodes that are selected."""
    nodes = studio.active.graph.nodes
    return [nodes[i] for i in studio.active.selection if i in nodes]


def selected_instances(studio: Studio) -> list[Node]:
    """The uses of blocks that are selected."""
    return [n for n in selected_nodes(studio) if n.block in studio.project.blocks]


def block_meant(studio: Studio) -> str:
    """The block that is meant: the selected instance's, else the open one; nothing where there is none."""
    nodes, sheet = selected_nodes(studio), studio.active.sheet
    if len(nodes) == 1 and nodes[0].block in studio.project.blocks:
        return nodes[0].block or ""
    return sheet if not nodes and sheet in studio.project.blocks else ""


def can_group(studio: Studio) -> bool:
    """Whether something is selected that may stand in a block."""
    outside = ends().outside
    return any(n.kind not in outside for n in selected_nodes(studio))


def has_unused(studio: Studio) -> bool:
    """Whether there are blocks that nothing uses."""
    return bool(definitions.unused_blocks(studio.project))


def group(studio: Studio) -> None:
    """Put the selected nodes into a block of their own, and select it."""
    view = studio.active.itself
    sheet, ids, opened = view.sheet, list(view.selection), open_ports(view.facts, view.selection)
    instance: list[str] = []

    def edit(project: Project) -> Project:
        after, node_id = grouping.group(project, sheet, ids, ends(), "block", *opened)
        instance[:] = [node_id]
        return after

    if view.do(f"Group {_describe(selected_nodes(studio), 'nodes')}", edit):
        view.select(instance)
        block = view.graph.nodes[instance[0]].block
        view.message.emit("ok", f"Grouped into “{block}”: Ctrl+Return opens it, the Graph menu renames it.")


def ungroup(studio: Studio) -> None:
    """Put the nodes of the selected blocks in their place, and select them."""
    view = studio.active.itself
    sheet, blocks, nodes = view.sheet, selected_instances(studio), list[str]()

    def edit(project: Project) -> Project:
        after, nodes[:] = grouping.ungroup(project, sheet, [n.id for n in blocks], ends())
        return after

    if view.do(f"Ungroup {_describe(blocks, 'blocks')}", edit):
        view.select(nodes)


def make_unique(studio: Studio) -> None:
    """Give the selected block a definition of its own."""
    view = studio.active.itself
    sheet, node_id = view.sheet, view.selection[0]
    label = f"Make {_describe(selected_nodes(studio), 'blocks')} unique"
    if view.do(label, lambda p: definitions.make_unique(p, sheet, node_id)):
        view.message.emit("ok", f"It is a block of its own now: “{view.graph.nodes[node_id].block}”.")


def rename(studio: Studio) -> None:
    """Ask for another name of the block, and give it."""
    view, old = studio.active.itself, block_meant(studio)
    new, agreed = QInputDialog.getText(
        studio.shell.dialog_parent(), "Rename block", "The block's name, a class in the code:", text=old
    )
    new = new.strip()
    if not agreed or new == old:
        return
    inside, path = view.sheet == old, view.path
    if view.do(f"Rename block {old}", lambda p: definitions.rename_block(p, old, new)) and inside:
        view.open_sheet(new, path)


def remove_unused(studio: Studio) -> None:
    """Throw away the definitions that nothing uses."""
    unused = definitions.unused_blocks(studio.project)
    words = f"Remove block {unused[0]}" if len(unused) == 1 else f"Remove {len(unused)} blocks"
    if studio.do(words, definitions.remove_unused):
        studio.message.emit("ok", f"Removed {', '.join(unused)}; Ctrl+Z brings it back.")


def save_to_library(studio: Studio, path: Path | None = None) -> None:
    """Keep the block for other projects, or write it to a file of its own."""
    block = block_meant(studio)
    try:
        target = block_library.save(studio.project, block, path)
    except (FileError, ValueError, OSError) as error:
        studio.message.emit("error", str(error))
        return
    studio.library_changed.emit()
    words = f"Wrote {target}" if path else f"“{block}” is in the library now: Layers offers it in every project."
    studio.message.emit("ok", words)


def export(studio: Studio) -> None:
    """Write the block to a file that can be handed on."""
    wish = str(Path.home() / f"{block_meant(studio)}.vnet")
    chosen, _ = QFileDialog.getSaveFileName(studio.shell.dialog_parent(), "Export block", wish, FILTER)
    if chosen:
        save_to_library(studio, Path(chosen))


def import_file(studio: Studio) -> None:
    """Ask for a file, and take its block into the library; words about why that cannot be go to the window."""
    chosen, _ = QFileDialog.getOpenFileName(studio.shell.dialog_parent(), "Import block", str(Path.home()), FILTER)
    if not chosen:
        return
    try:
        entry = block_library.add_file(Path(chosen))
    except (FileError, ValueError, OSError) as error:
        studio.message.emit("error", str(error))
        return
    studio.library_changed.emit()
    studio.message.emit("ok", f"“{entry.name}” is in the library now: Layers offers it in every project.")


def _describe(nodes: Sequence[Node], plural: str) -> str:
    """What a step was done to, for the history."""
    return f"“{nodes[0].name}”" if len(nodes) == 1 else f"{len(nodes)} {plural}"
