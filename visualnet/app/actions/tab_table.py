"""What a person can do with the open projects, for the table of actions."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec

FILE = (
    ActionSpec("file.close", "Close tab", "Close this project", "close", ("Ctrl+W",), "File", divider=True),
    ActionSpec("file.close_others", "Close other tabs", "Close every project but this one", "close", (), "File"),
    ActionSpec("file.copy_path", "Copy path", "Put the file's path on the clipboard", "copy", (), "File"),
    ActionSpec("file.show_folder", "Show in folder", "Open the folder that the file stands in", "open", (), "File"),
    ActionSpec(
        "file.reopen_last",
        "Reopen last projects",
        "Open what was open when the program was left",
        "open",
        ("Ctrl+Shift+T",),
        "File",
        divider=True,
    ),
    ActionSpec("file.reopen", "Reopen projects at start", "Begin where the program was left", "", (), "File", True),
)
VIEW = (
    ActionSpec(
        "view.next_tab",
        "Next tab",
        "Go to the next open project",
        "arrow-next",
        ("Ctrl+Tab", "Ctrl+PgDown"),
        "View",
        divider=True,
    ),
    ActionSpec(
        "view.previous_tab",
        "Previous tab",
        "Go to the previous open project",
        "arrow-previous",
        ("Ctrl+Shift+Tab", "Ctrl+PgUp"),
        "View",
    ),
)
