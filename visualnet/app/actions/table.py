"""All that a person can do in the window."""

from __future__ import annotations

from collections.abc import Sequence

from visualnet.app.actions import canvas_table, tab_table
from visualnet.app.actions.registry import ActionSpec

_FILE = (
    ActionSpec(
        "file.new", "New…", "Start a network from a template or from nothing", "new", ("Ctrl+N", "Ctrl+T"), "File"
    ),
    ActionSpec("file.empty", "New empty network", "Start a network from nothing", "new", ("Ctrl+Shift+N",), "File"),
    ActionSpec("file.open", "Open…", "Open a network from a file", "open", ("Ctrl+O",), "File"),
    ActionSpec("file.open_recent", "Open recent", "Networks opened lately", "open", (), "File", submenu=True),
    ActionSpec("file.save", "Save", "Write the network to its file", "save", ("Ctrl+S",), "File", divider=True),
    ActionSpec("file.save_as", "Save as…", "Write the network to another file", "save", ("Ctrl+Shift+S",), "File"),
)

_FILE_END = (
    *tab_table.FILE,
    ActionSpec("file.quit", "Quit", "Leave the program", "quit", ("Ctrl+Q",), "File", divider=True),
)

_EDIT = (
    ActionSpec("edit.undo", "Undo", "Take the last edit back", "undo", ("Ctrl+Z",), "Edit"),
    ActionSpec("edit.redo", "Redo", "Do again what was taken back", "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit"),
    ActionSpec(
        "edit.cut",
        "Cut",
        "Move the selection to the clipboard",
        "cut",
        ("Ctrl+X",),
        "Edit",
        context="canvas",
        divider=True,
    ),
    ActionSpec(
        "edit.copy", "Copy", "Copy the selection to the clipboard", "copy", ("Ctrl+C",), "Edit", context="canvas"
    ),
    ActionSpec(
        "edit.paste", "Paste", "Put what is on the clipboard here", "paste", ("Ctrl+V",), "Edit", context="canvas"
    ),
    ActionSpec(
        "edit.duplicate",
        "Duplicate",
        "Make a copy of the selection beside it",
        "duplicate",
        ("Ctrl+D",),
        "Edit",
        context="canvas",
    ),
    ActionSpec(
        "edit.delete",
        "Delete",
        "Remove the selected nodes and wires",
        "delete",
        ("Del", "Backspace"),
        "Edit",
        context="canvas",
    ),
    ActionSpec(
        "edit.select_all",
        "Select all",
        "Select every node",
        "select-all",
        ("Ctrl+A",),
        "Edit",
        context="canvas",
        divider=True,
    ),
    ActionSpec(
        "edit.rename", "Rename", "Give the selected node another name", "rename", ("F2",), "Edit", context="canvas"
    ),
    ActionSpec("edit.find", "Find…", "Find a node by its name or kind", "search", ("Ctrl+F",), "Edit"),
)

_VIEW = (
    ActionSpec("view.workspace_build", "Build", "Draw the network", "tidy", ("Ctrl+1",), "View", True, group="space"),
    ActionSpec(
        "view.workspace_train", "Train", "Train it and watch", "training", ("Ctrl+2",), "View", True, group="space"
    ),
    ActionSpec(
        "view.workspace_inspect",
        "Inspect",
        "Look into it: feature maps and attention",
        "feature-maps",
        ("Ctrl+3",),
        "View",
        True,
        group="space",
    ),
    ActionSpec("view.fit", "Fit", "Show the whole network", "fit", ("Ctrl+9", "Home"), "View", divider=True),
    ActionSpec(
        "view.zoom_selection", "Zoom to selection", "Show what is selected", "zoom-selection", ("Ctrl+8",), "View"
    ),
    ActionSpec("view.zoom_in", "Zoom in", "Come closer", "zoom-in", ("Ctrl++", "Ctrl+="), "View"),
    ActionSpec("view.zoom_out", "Zoom out", "Step back", "zoom-out", ("Ctrl+-",), "View"),
    ActionSpec("view.zoom_reset", "Actual size", "Show cards at their own size", "zoom-reset", ("Ctrl+0",), "View"),
)

_ARRANGEMENT = (
    ActionSpec(
        "view.reset", "Reset the arrangement", "Put the panels back where this workspace begins", "reset", (), "View"
    ),
)

_THEMES = (
    ActionSpec(
        "view.theme_system",
        "Theme of the system",
        "Dark or light as the system is",
        "theme-system",
        (),
        "View",
        True,
        group="theme",
        divider=True,
    ),
    ActionSpec("view.theme_dark", "Dark theme", "Light on dark", "theme-dark", (), "View", True, group="theme"),
    ActionSpec("view.theme_light", "Light theme", "Dark on light", "theme-light", (), "View", True, group="theme"),
    ActionSpec(
        "view.theme_contrast",
        "High contrast, dark",
        "White on black, strong lines",
        "eye",
        (),
        "View",
        True,
        group="theme",
    ),
    ActionSpec(
        "view.theme_contrast_light",
        "High contrast, light",
        "Black on white, strong lines",
        "eye",
        (),
        "View",
        True,
        group="theme",
    ),
)

_TEXT = (
    ActionSpec(
        "view.text_size", "Text size", "How large all words and figures are", "rename", (), "View", submenu=True
    ),
    ActionSpec(
        "view.text_larger", "Larger text", "Make all text larger", "zoom-in", ("Ctrl+Alt+=", "Ctrl+Alt++"), "View"
    ),
    ActionSpec("view.text_smaller", "Smaller text", "Make all text smaller", "zoom-out", ("Ctrl+Alt+-",), "View"),
    ActionSpec(
        "view.text_normal", "Normal text", "Text as large as the system has it", "zoom-reset", ("Ctrl+Alt+0",), "View"
    ),
)

_GRAPH = (
    ActionSpec(
        "graph.quick_add", "Add layer…", "Search a layer and add it", "plus", ("Space", "Tab"), "Graph", False, "canvas"
    ),
    ActionSpec("graph.tidy", "Tidy", "Lay the nodes out in order", "tidy", ("Ctrl+L",), "Graph"),
    ActionSpec(
        "graph.open_block",
        "Open block",
        "Show what is inside the selected block",
        "enter",
        ("Ctrl+Return",),
        "Graph",
        divider=True,
    ),
    ActionSpec(
        "graph.open_inside",
        "Open in place",
        "Show what is inside the selected block in a frame over it, and edit it there",
        "eye",
        ("Alt+Return",),
        "Graph",
        context="canvas",
    ),
    ActionSpec(
        "graph.leave_block",
        "Go up",
        "Show the sheet on which the open block stands",
        "arrow-previous",
        ("Ctrl+Shift+Return",),
        "Graph",
    ),
    ActionSpec(
        "graph.group",
        "Group into block",
        "Put the selected nodes into a block",
        "group",
        ("Ctrl+G",),
        "Graph",
        context="canvas",
    ),
    ActionSpec(
        "graph.ungroup",
        "Ungroup",
        "Put a block's nodes in its place",
        "block",
        ("Ctrl+Shift+G",),
        "Graph",
        context="canvas",
    ),
    ActionSpec(
        "graph.make_unique", "Make unique", "Give this use of a block a definition of its own", "duplicate", (), "Graph"
    ),
    ActionSpec(
        "graph.rename_block", "Rename block…", "Call the block otherwise, wherever it is used", "rename", (), "Graph"
    ),
    ActionSpec("graph.save_block", "Keep block in library", "Offer the block in every project", "save", (), "Graph"),
    ActionSpec("graph.export_block", "Export block…", "Write the block to a file to hand on", "export", (), "Graph"),
    ActionSpec("graph.import_block", "Import block…", "Take a block's file into the library", "open", (), "Graph"),
    ActionSpec(
        "graph.remove_unused", "Remove unused blocks", "Throw away definitions that nothing uses", "delete", (), "Graph"
    ),
)

_TRAIN = (
    ActionSpec("train.start", "Train", "Train the network from the start", "play", ("F5",), "Train"),
    ActionSpec("train.pause", "Pause", "Halt the training after this step", "pause", ("F6",), "Train"),
    ActionSpec("train.resume", "Resume", "Go on where the training was halted", "resume", ("Ctrl+F5",), "Train"),
    ActionSpec("train.stop", "Stop", "End the training and keep its weights", "stop", ("Shift+F5",), "Train"),
)

_HELP = (
    ActionSpec(
        "help.command_palette",
        "All commands…",
        "Search everything that can be done",
        "command",
        ("Ctrl+Shift+P",),
        "Help",
    ),
    ActionSpec("help.shortcuts", "Keyboard shortcuts…", "See and change the keys", "keyboard", ("Ctrl+K",), "Help"),
    ActionSpec("help.start_page", "Start page", "Templates and recent files", "home", (), "Help", divider=True),
    ActionSpec("help.about", "About VisualNet", "Version, licence and libraries", "info", (), "Help"),
)


def assemble(toggles: Sequence[ActionSpec], added: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """The whole table: what the frame and the canvas answer, the switches of the docks, and what features add to each menu."""

    def of(menu: str) -> list[ActionSpec]:
        return [spec for spec in added if spec.menu == menu]

    return (
        *_FILE,
        *of("File"),
        *_FILE_END,
        *_EDIT,
        *of("Edit"),
        *canvas_table.EDIT,
        *canvas_table.SELECT,
        *_VIEW,
        *toggles,
        *_ARRANGEMENT,
        *of("View"),
        *_THEMES,
        *_TEXT,
        *canvas_table.VIEW,
        *tab_table.VIEW,
        *_GRAPH,
        *of("Graph"),
        *canvas_table.GRAPH,
        *canvas_table.ARRANGE,
        *_TRAIN,
        *of("Train"),
        *_HELP[:1],
        *of("Help"),
        *_HELP[1:],
    )


ACTIONS = assemble((), ())
"""What the frame and the canvas answer themselves."""
