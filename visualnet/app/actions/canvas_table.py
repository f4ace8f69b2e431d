"""What a person can do on the canvas, for the table of actions."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec


def _do(
    id: str, text: str, tip: str, icon: str, keys: str, menu: str, divider: bool = False, submenu: bool = False
) -> ActionSpec:
    """An action whose keys count while the canvas has the focus."""
    shortcuts = (keys,) if keys else ()
    return ActionSpec(id, text, tip, icon, shortcuts, menu, context="canvas", divider=divider, submenu=submenu)


EDIT = (
    _do("edit.dissolve", "Dissolve", "Remove the selected nodes and close the gap", "delete", "Ctrl+Del", "Edit", True),
    _do("edit.copy_params", "Copy parameters", "Copy what the node is set to", "copy", "Ctrl+Alt+C", "Edit"),
    _do("edit.paste_params", "Paste parameters", "Set the selected nodes alike", "paste", "Ctrl+Alt+V", "Edit"),
)
VIEW = (
    _do("view.bookmark", "Bookmark this view", "Keep where you look", "pin", "Ctrl+B", "View", True),
    _do("view.next_bookmark", "Next bookmark", "Go to the next view that you kept", "arrow-next", "Shift+B", "View"),
    _do("view.bookmarks", "Bookmarks", "Views that you kept", "pin", "", "View", submenu=True),
    ActionSpec(
        "view.path", "Show the path", "Tint all that leads to a node and away from it", "link", (), "View", True
    ),
    ActionSpec("view.minimap", "Map", "Show the whole sheet in small in the corner", "picture", (), "View", True),
    ActionSpec("view.motion", "Motion", "Whether things glide to their places", "play", (), "View", submenu=True),
    _do("view.second", "Second view", "Open another window onto the same project", "new", "Ctrl+Alt+N", "View"),
)
GRAPH = (
    _do("graph.connect", "Connect…", "Draw a wire from the node: arrows, then Enter", "link", "C", "Graph", True),
    _do("graph.change_kind", "Change kind…", "Put another layer in its place", "repeat", "R", "Graph"),
    _do("graph.mute", "Mute", "Hand the input on unchanged, or no longer", "eye-off", "M", "Graph"),
    _do("graph.disable", "Disable", "Compute nothing here, or again", "stop", "Shift+M", "Graph"),
    _do("graph.fold", "Collapse", "Show only the node's name, or all again", "chevron-right", "H", "Graph"),
    _do("graph.add_bend", "Add a point", "Lead the selected wire over a point", "plus", "P", "Graph"),
    _do("graph.straighten", "Straighten wires", "Take the points off the wires", "reset", "Shift+S", "Graph"),
    _do("graph.frame", "Frame", "Put a frame with a title round the selection", "outline", "F", "Graph", True),
    _do("graph.note", "Note", "Write a note on the canvas", "rename", "N", "Graph"),
    _do("graph.write", "Write…", "Edit the title or the note", "rename", "Shift+F2", "Graph"),
    _do("graph.colour", "Colour", "Tint frames and notes", "palette", "", "Graph", submenu=True),
)
SELECT = (
    _do("select.kind", "Same kind", "All nodes of the same kind", "select-all", "Ctrl+Shift+K", "Select"),
    _do("select.family", "Same family", "All nodes of the same family", "select-all", "Ctrl+Shift+F", "Select"),
    _do("select.connected", "Connected", "All that hangs together", "link", "Ctrl+Shift+A", "Select"),
    _do("select.upstream", "Upstream", "All that leads here", "arrow-previous", "Ctrl+[", "Select"),
    _do("select.downstream", "Downstream", "All that this leads to", "arrow-next", "Ctrl+]", "Select"),
    _do("select.next_wire", "Next wire", "Go to a wire of this node, then to the next", "link", "W", "Select", True),
    _do("select.next_bend", "Next point of the wire", "Go along the points it is led over", "more", ".", "Select"),
    _do("select.next_remark", "Next frame or note", "Go to it; arrows with Ctrl move it", "outline", "G", "Select"),
    _do("select.invert", "The others", "All that is not selected", "select-all", "Ctrl+I", "Select"),
)
ARRANGE = (
    _do("arrange.tidy_selection", "Tidy the selection", "Lay out only this", "tidy", "Ctrl+Shift+L", "Arrange"),
    _do("arrange.tidy_right", "Tidy to the right", "Lay the nodes out from left to right", "tidy", "", "Arrange"),
    _do("arrange.tidy_down", "Tidy downwards", "Lay the nodes out from top to bottom", "tidy", "Ctrl+Alt+L", "Arrange"),
    _do("arrange.left", "Align left", "Bring left edges to one line", "outline", "Alt+Left", "Arrange", True),
    _do("arrange.centre", "Align centres", "Bring centres to one upright line", "outline", "Alt+Home", "Arrange"),
    _do("arrange.right", "Align right", "Bring right edges to one line", "outline", "Alt+Right", "Arrange"),
    _do("arrange.top", "Align tops", "Bring tops to one line", "outline", "Alt+Up", "Arrange"),
    _do("arrange.middle", "Align middles", "Bring middles to one level line", "outline", "Alt+End", "Arrange"),
    _do("arrange.bottom", "Align bottoms", "Bring bottoms to one line", "outline", "Alt+Down", "Arrange"),
    _do("arrange.across", "Distribute across", "Make the gaps equal", "more", "Alt+Shift+Right", "Arrange", True),
    _do("arrange.down", "Distribute down", "Make the gaps equal", "more", "Alt+Shift+Down", "Arrange"),
)
