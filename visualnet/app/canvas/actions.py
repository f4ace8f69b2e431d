"""What can be done on a canvas, and how: its part of the table of actions."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu

from visualnet.app.actions.registry import ActionSpec, Context
from visualnet.app.canvas.commands import annotate, arrange, collapse, keyboard_focus, kind_and_params, remove, select
from visualnet.app.canvas.view import CanvasView

MOTIONS = {"system": "As the system is set", "on": "Glide", "off": "No motion"}


def selected_nodes(view: CanvasView) -> int:
    """How many nodes of the sheet are selected."""
    return sum(node_id in view.studio.graph.nodes for node_id in view.studio.selection)


def remember(view: CanvasView, kept: MutableMapping[str, Any], used: MutableMapping[str, Any]) -> None:
    """Keep there what a person chose about the canvas and how often each layer was added, and take it over."""
    view.minimap.remember(kept)
    view.choose_motion(kept.get("view.motion", "system"))
    view.quick_add_popup.remember(used)


def fill_motion(view: CanvasView, menu: QMenu) -> None:
    """How much may move: as the system is set to, always, never."""
    for choice, text in MOTIONS.items():
        action = menu.addAction(text, partial(choose_motion, view, choice))
        action.setCheckable(True)
        action.setChecked(view.minimap.kept.get("view.motion", "system") == choice)


def choose_motion(view: CanvasView, choice: str) -> None:
    """Take over a choice of motion and remember it."""
    view.minimap.kept["view.motion"] = choice
    for each in (view, *view.others):
        each.choose_motion(choice)


def _act(
    id: str,
    place: int,
    text: str,
    tip: str,
    icon: str,
    keys: str,
    run: Callable[[CanvasView], object] | None = None,
    enabled: Callable[[CanvasView], bool] | None = None,
    check: Callable[[CanvasView, bool], object] | None = None,
    fill: Callable[[CanvasView, QMenu], object] | None = None,
    context: Context = "canvas",
    submenu: str = "",
    more: bool = False,
    **menus: int,
) -> ActionSpec[CanvasView]:
    """An action whose keys count while the canvas has the focus; ``menus`` are its places in context menus.

    ``more``: under “More” in that of nodes.
    """
    inner = {"node": "More"} if more else {}
    return ActionSpec(
        id,
        place,
        text,
        tip,
        icon,
        keys,
        run,
        enabled,
        menus,
        check,
        fill,
        context,
        submenu=submenu,
        submenus=inner,
    )


# A table: an action is a row.
# fmt: off
EDIT = (
    _act("edit.cut", 20, "Cut", "Move the selection to the clipboard", "cut", "Ctrl+X", CanvasView.cut, node=30),
    _act("edit.copy", 20, "Copy", "Copy the selection to the clipboard", "copy", "Ctrl+C", CanvasView.copy, node=30),
    _act("edit.paste", 20, "Paste", "Put what is on the clipboard here", "paste", "Ctrl+V", CanvasView.paste, sheet=11),
    _act("edit.duplicate", 20, "Duplicate", "Make a copy of the selection beside it", "duplicate", "Ctrl+D",
         CanvasView.duplicate, node=30),
    _act("edit.delete", 20, "Delete", "Remove the selected nodes and wires", "delete", "Del Backspace",
         CanvasView.delete, node=30, wire=10, annotation=20),
    _act("edit.select_all", 30, "Select all", "Select every node", "select-all", "Ctrl+A",
         CanvasView.select_all, sheet=11),
    _act("edit.rename", 30, "Rename", "Give the selected node another name", "rename", "F2",
         CanvasView.rename, node=10, enabled=lambda view: selected_nodes(view) == 1),
    _act("edit.dissolve", 40, "Dissolve", "Remove the selected nodes and close the gap", "delete", "Ctrl+Del",
         remove.dissolve, node=50, more=True),
    _act("edit.copy_params", 40, "Copy parameters", "Copy what the node is set to", "copy", "Ctrl+Alt+C",
         kind_and_params.copy_params, node=51, more=True),
    _act("edit.paste_params", 40, "Paste parameters", "Set the selected nodes alike", "paste", "Ctrl+Alt+V",
         kind_and_params.paste_params, node=51, more=True),
)
SELECT = (
    _act("select.kind", 10, "Same kind", "All nodes of the same kind", "select-all", "Ctrl+Shift+K", select.kind),
    _act("select.family", 10, "Same family", "All nodes of the same family", "select-all", "Ctrl+Shift+F",
         select.family),
    _act("select.connected", 10, "Connected", "All that hangs together", "link", "Ctrl+Shift+A", select.connected),
    _act("select.upstream", 10, "Upstream", "All that leads here", "arrow-previous", "Ctrl+[", select.upstream),
    _act("select.downstream", 10, "Downstream", "All that this leads to", "arrow-next", "Ctrl+]", select.downstream),
    _act("select.next_wire", 20, "Next wire", "Go to a wire of this node, then to the next", "link", "W",
         keyboard_focus.next_wire),
    _act("select.next_bend", 20, "Next point of the wire", "Go along the points it is led over", "more", ".",
         keyboard_focus.next_bend),
    _act("select.next_remark", 20, "Next frame or note", "Go to it; arrows with Ctrl move it", "outline", "G",
         keyboard_focus.next_annotation),
    _act("select.invert", 20, "The others", "All that is not selected", "select-all", "Ctrl+I", select.invert),
)
VIEW = (
    _act("view.fit", 20, "Fit", "Show the whole network", "fit", "Ctrl+9 Home",
         CanvasView.fit, sheet=21, context="window", submenu="Zoom"),
    _act("view.zoom_selection", 20, "Zoom to selection", "Show what is selected", "zoom-selection", "Ctrl+8",
         CanvasView.zoom_selection, node=52, enabled=lambda view: selected_nodes(view) > 0, context="window",
         submenu="Zoom", more=True),
    _act("view.zoom_in", 20, "Zoom in", "Come closer", "zoom-in", "Ctrl++ Ctrl+=",
         lambda view: view.zoom_by(1.25), context="window", submenu="Zoom"),
    _act("view.zoom_out", 20, "Zoom out", "Step back", "zoom-out", "Ctrl+-",
         lambda view: view.zoom_by(0.8), context="window", submenu="Zoom"),
    _act("view.zoom_reset", 20, "Actual size", "Show cards at their own size", "zoom-reset", "Ctrl+0",
         CanvasView.zoom_reset, context="window", submenu="Zoom"),
    _act("view.bookmark", 60, "Bookmark this view", "Keep where you look", "pin", "Ctrl+B", annotate.bookmark,
         submenu="Bookmarks"),
    _act("view.next_bookmark", 60, "Next bookmark", "Go to the next view that you kept", "arrow-next", "Shift+B",
         annotate.next_bookmark, submenu="Bookmarks"),
    _act("view.bookmarks", 60, "All bookmarks", "Views that you kept", "pin", "", fill=annotate.fill_bookmarks,
         submenu="Bookmarks"),
    _act("view.path", 60, "Show the path", "Tint all that leads to a node and away from it", "link", "",
         check=CanvasView.show_path, context="window"),
    _act("view.minimap", 60, "Map", "Show the whole sheet in small in the corner", "picture", "",
         check=lambda view, shown: view.minimap.collapse(not shown), context="window",
         submenu="Zoom"),
    _act("view.motion", 58, "Motion", "Whether things glide to their places", "play", "",
         fill=fill_motion, context="window", submenu="Appearance"),
)
GRAPH = (
    _act("graph.quick_add", 10, "Add layer…", "Search a layer and add it", "plus", "Space Tab",
         CanvasView.quick_add, sheet=10),
    _act("graph.tidy", 10, "Tidy", "Lay the nodes out in order", "tidy", "Ctrl+L",
         CanvasView.tidy, sheet=20, context="window"),
    _act("graph.connect", 41, "Connect…", "Draw a wire to an open input of the node, or from the node: arrows, then Enter", "link", "C",
         CanvasView.connect_by_keys, node=50, submenu="Nodes and wires", more=True),
    _act("graph.change_kind", 40, "Change kind…", "Put another layer in its place", "repeat", "R",
         kind_and_params.choose_kind, node=10),
    _act("graph.mute", 40, "Mute", "Hand the input on unchanged, or no longer", "eye-off", "M",
         lambda view: kind_and_params.set_mode(view, "mute"), node=10),
    _act("graph.disable", 41, "Disable", "Compute nothing here, or again", "stop", "Shift+M",
         lambda view: kind_and_params.set_mode(view, "off"), node=50, submenu="Nodes and wires", more=True),
    _act("graph.freeze", 41, "Freeze weights", "Keep the weights as they are while training, or train them again", "lock", "L",
         kind_and_params.freeze, node=50, submenu="Nodes and wires", more=True),
    _act("graph.fold", 41, "Collapse", "Show only the node's name, or all again", "chevron-right", "H",
         collapse.toggle, node=50, submenu="Nodes and wires", more=True),
    _act("graph.add_bend", 41, "Add a point", "Lead the selected wire over a point", "plus", "P",
         keyboard_focus.add_bend, wire=10, submenu="Nodes and wires"),
    _act("graph.straighten", 41, "Straighten wires", "Take the points off the wires", "reset", "Shift+S",
         annotate.straighten, wire=10, submenu="Nodes and wires"),
    _act("graph.frame", 50, "Frame", "Put a frame with a title round the selection", "outline", "F",
         annotate.frame, node=53, sheet=13, submenu="Frames and notes", more=True),
    _act("graph.note", 50, "Note", "Write a note on the canvas", "rename", "N", annotate.note, sheet=12,
         submenu="Frames and notes"),
    _act("graph.write", 50, "Write…", "Edit the title or the note", "rename", "Shift+F2",
         annotate.write, annotation=10, submenu="Frames and notes"),
    _act("graph.colour", 50, "Colour", "Tint frames and notes", "palette", "",
         fill=annotate.fill_colours, annotation=10, submenu="Frames and notes"),
)
ARRANGE = (
    _act("arrange.tidy_selection", 10, "Tidy the selection", "Lay out only this", "tidy", "Ctrl+Shift+L",
         arrange.tidy_selection),
    _act("arrange.tidy_right", 10, "Tidy to the right", "Lay the nodes out from left to right", "tidy", "",
         lambda view: arrange.tidy(view, "right")),
    _act("arrange.tidy_down", 10, "Tidy downwards", "Lay the nodes out from top to bottom", "tidy", "Ctrl+Alt+L",
         lambda view: arrange.tidy(view, "down")),
    _act("arrange.left", 20, "Align left", "Bring left edges to one line", "outline", "Alt+Left",
         partial(arrange.align, edge="left")),
    _act("arrange.centre", 20, "Align centres", "Bring centres to one upright line", "outline", "Alt+Home",
         partial(arrange.align, edge="centre")),
    _act("arrange.right", 20, "Align right", "Bring right edges to one line", "outline", "Alt+Right",
         partial(arrange.align, edge="right")),
    _act("arrange.top", 20, "Align tops", "Bring tops to one line", "outline", "Alt+Up",
         partial(arrange.align, edge="top")),
    _act("arrange.middle", 20, "Align middles", "Bring middles to one level line", "outline", "Alt+End",
         partial(arrange.align, edge="middle")),
    _act("arrange.bottom", 20, "Align bottoms", "Bring bottoms to one line", "outline", "Alt+Down",
         partial(arrange.align, edge="bottom")),
    _act("arrange.across", 30, "Distribute across", "Make the gaps equal", "more", "Alt+Shift+Right",
         lambda view: arrange.distribute(view, True)),
    _act("arrange.down", 30, "Distribute down", "Make the gaps equal", "more", "Alt+Shift+Down",
         lambda view: arrange.distribute(view, False)),
)
# fmt: on

CANVAS_ACTIONS = (*EDIT, *SELECT, *VIEW, *GRAPH, *ARRANGE)
"""What is done to the canvas that was worked in last."""
