"""What a person does with blocks: group, ungroup, make unique, rename, expose a number, keep in the library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from visualnet.analysis.block_ports import ends, open_ports
from visualnet.app.actions.registry import Actions
from visualnet.app.state.studio import Studio
from visualnet.core import edits
from visualnet.core.edits import block_parameters, definitions, grouping
from visualnet.core.errors import FileError
from visualnet.core.graph import Node
from visualnet.core.project import MAIN, Project
from visualnet.core.user import block_library
from visualnet.layers.node_params import default_value


class Blocks(QObject):
    """Answers the actions about blocks. Each is one undo step; what cannot be done is said in words."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.studio, self.actions_, self.window_ = studio, actions, parent
        handlers = {
            "graph.group": self.group,
            "graph.ungroup": self.ungroup,
            "graph.make_unique": self.make_unique,
            "graph.rename_block": self.rename,
            "graph.save_block": self.save_to_library,
            "graph.export_block": self.export,
            "graph.import_block": self.take_in,
            "graph.remove_unused": self.remove_unused,
        }
        self.actions = (*handlers, "graph.leave_block", "graph.open_inside")
        """The actions whose state is decided here."""
        for action_id, handler in handlers.items():
            actions.on(action_id, handler)
        studio.selection_changed.connect(lambda _: self.show_state())
        studio.project_changed.connect(lambda _before, _after: self.show_state())
        studio.sheet_changed.connect(lambda _: self.show_state())
        self.show_state()

    def show_state(self) -> None:
        """Enable what can be done with the selection, while the canvas is seen."""
        if not self.window_.isVisible():
            self.actions_.set_enabled(dict.fromkeys(self.actions, False))
            return
        nodes = self._chosen()
        outside = ends().outside
        instance = any(n.block in self.studio.project.blocks for n in nodes)
        self.actions_.set_enabled(
            {
                "graph.group": any(n.kind not in outside for n in nodes),
                "graph.ungroup": instance,
                "graph.make_unique": len(nodes) == 1 and instance,
                "graph.rename_block": bool(self._block()),
                "graph.save_block": bool(self._block()),
                "graph.export_block": bool(self._block()),
                "graph.import_block": True,
                "graph.leave_block": self.studio.sheet != MAIN,
                "graph.open_inside": instance,
                "graph.remove_unused": bool(definitions.unused_blocks(self.studio.project)),
            }
        )

    def _chosen(self) -> list[Node]:
        nodes = self.studio.graph.nodes
        return [nodes[i] for i in self.studio.selection if i in nodes]

    def _block(self) -> str:
        """The block that is meant: the selected instance's, else the open one."""
        blocks = self.studio.project.blocks
        nodes = self._chosen()
        if len(nodes) == 1 and nodes[0].block in blocks:
            return nodes[0].block or ""
        return self.studio.sheet if not nodes and self.studio.sheet in blocks else ""

    # --- making and unmaking -------------------------------------------------------------------------------------------------------

    def group(self) -> None:
        """Put the selected nodes into a block of their own, and select it."""
        studio, sheet, ids = self.studio, self.studio.sheet, list(self.studio.selection)
        opened = open_ports(studio.facts, ids)
        made: list[str] = []

        def edit(project: Project) -> Project:
            after, node_id = grouping.group(project, sheet, ids, ends(), "block", *opened)
            made[:] = [node_id]
            return after

        if studio.do(f"Group {_named(self._chosen(), 'nodes')}", edit):
            studio.select(made)
            block = studio.graph.nodes[made[0]].block
            studio.message.emit("ok", f"Grouped into “{block}”: Ctrl+Return opens it, the Graph menu renames it.")

    def ungroup(self) -> None:
        """Put the nodes of the selected blocks in their place, and select them."""
        studio, sheet, ids = self.studio, self.studio.sheet, list(self.studio.selection)
        made: list[str] = []

        def edit(project: Project) -> Project:
            blocks = [i for i in ids if project.sheet(sheet).nodes[i].block in project.blocks]
            after, new = grouping.ungroup(project, sheet, blocks, ends())
            made[:] = new
            return after

        blocks = [n for n in self._chosen() if n.block]
        if studio.do(f"Ungroup {_named(blocks, 'blocks')}", edit):
            studio.select(made)

    def make_unique(self) -> None:
        """Give the selected block a definition of its own."""
        sheet, node_id = self.studio.sheet, self.studio.selection[0]
        label = f"Make {_named(self._chosen(), 'blocks')} unique"
        if self.studio.do(label, lambda p: definitions.make_unique(p, sheet, node_id)):
            block = self.studio.graph.nodes[node_id].block
            self.studio.message.emit("ok", f"It is a block of its own now: “{block}”.")

    def rename(self) -> None:
        """Ask for another name of the block, and give it."""
        old = self._block()
        if not old:
            return
        new, agreed = QInputDialog.getText(
            self.window_, "Rename block", "The block's name, a class in the code:", text=old
        )
        new = new.strip()
        if not agreed or new == old:
            return
        inside, path = self.studio.sheet == old, self.studio.path
        if self.studio.do(f"Rename block {old}", lambda p: definitions.rename_block(p, old, new)) and inside:
            self.studio.open_sheet(new, path)

    def remove_unused(self) -> None:
        """Throw away the definitions that nothing uses."""
        gone = definitions.unused_blocks(self.studio.project)
        words = f"Remove block {gone[0]}" if len(gone) == 1 else f"Remove {len(gone)} blocks"
        if gone and self.studio.do(words, definitions.remove_unused):
            self.studio.message.emit("ok", f"Removed {', '.join(gone)}; Ctrl+Z brings it back.")

    # --- the library ---------------------------------------------------------------------------------------------------------------

    def save_to_library(self) -> None:
        """Keep the block for other projects."""
        self._save(None)

    def export(self) -> None:
        """Write the block to a file that can be handed on."""
        block = self._block()
        chosen, _ = QFileDialog.getSaveFileName(
            self.window_, "Export block", str(Path.home() / f"{block}.vnet"), "VisualNet projects (*.vnet)"
        )
        if chosen:
            self._save(Path(chosen))

    def take_in(self) -> None:
        """Ask for a block's file, and take it into the library."""
        take_in(self.studio, self.window_)

    def _save(self, path: Path | None) -> None:
        block = self._block()
        try:
            target = block_library.save(self.studio.project, block, path)
        except (FileError, ValueError, OSError) as error:
            self.studio.message.emit("error", str(error))
            return
        self.studio.library_changed.emit()
        words = f"Wrote {target}" if path else f"“{block}” is in the library now: Layers offers it in every project."
        self.studio.message.emit("ok", words)


def _named(nodes: Sequence[Node], many: str) -> str:
    """What a step was done to, for the history."""
    return f"“{nodes[0].name}”" if len(nodes) == 1 else f"{len(nodes)} {many}"


def take_in(studio: Studio, parent: QWidget) -> None:
    """Ask for a file, and take its block into the library; words about why that cannot be go to the window."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Import block", str(Path.home()), "VisualNet projects (*.vnet)")
    if not chosen:
        return
    try:
        entry = block_library.take_in(Path(chosen))
    except (FileError, ValueError, OSError) as error:
        studio.message.emit("error", str(error))
        return
    studio.library_changed.emit()
    studio.message.emit("ok", f"“{entry.name}” is in the library now: Layers offers it in every project.")


def fill_row_menu(studio: Studio, ids: Sequence[str], name: str, menu: QMenu) -> None:
    """What can be done with one parameter of the selected nodes: back to its default, or made a parameter of the open block."""
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
    return studio.do(f"Expose {name}", partial(block_parameters.expose, block=sheet, id=id, param=name, value=value))
