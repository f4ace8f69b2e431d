"""Which actions make sense now."""

from __future__ import annotations

from visualnet.app.shell.frame import Frame
from visualnet.app.state.studio import Studio
from visualnet.templates.small_versions import small_version

ANYWHERE = (
    "file.new",
    "file.empty",
    "file.open",
    "file.open_recent",
    "file.reopen",
    "file.quit",
    "train.pause",
    "train.stop",
)
"""What can be done on the start page too, besides themes and help."""
BLOCKS = (
    "graph.group",
    "graph.ungroup",
    "graph.make_unique",
    "graph.rename_block",
    "graph.save_block",
    "graph.export_block",
    "graph.remove_unused",
)
"""What the canvas enables itself, once a project is open."""


def possible(window: Frame, looking: Studio) -> dict[str, bool]:
    """Every action whose state is known here, and whether it can be done."""
    studio, runner, actions = window.studio, window.runner, window.actions_
    document, run, here = studio.document, runner.state, not window.on_start_page
    tabs = window.filing.tabs
    chosen = [n for n in map(looking.graph.nodes.get, looking.selection) if n is not None]
    general = [a for a in actions if a not in ANYWHERE and a.split(".")[0] != "help" and "theme" not in a]
    states = {a: here for a in general if not (here and a in BLOCKS)}
    for spec in actions.specs.values():
        if spec.enabled is not None:
            states[spec.id] = here and spec.enabled(studio)
    return states | {
        "edit.undo": bool(document.undo_label) and here,
        "edit.redo": bool(document.redo_label) and here,
        "edit.rename": here and len(chosen) == 1,
        "view.zoom_selection": here and bool(chosen),
        "graph.open_block": here and len(chosen) == 1 and chosen[0].block is not None,
        "file.close": here or len(tabs) > 1,
        "file.close_others": len(tabs) > 1,
        "file.copy_path": document.path is not None,
        "file.show_folder": document.path is not None,
        "file.reopen_last": bool(window.filing.last),
        "view.next_tab": len(tabs) > 1,
        "view.previous_tab": len(tabs) > 1,
        # Where only the data is missing, Train offers the small version.
        "train.start": here and run == "idle" and (runner.why_not() == "" or small_version(studio.project) is not None),
        "train.pause": run == "running",
        "train.resume": run == "paused" or (run == "idle" and here and runner.can_resume()),
        "train.stop": run != "idle",
    }
