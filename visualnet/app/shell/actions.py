"""What the frame itself can do: its part of the table of actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from visualnet.app.actions.registry import ActionSpec, menu_order
from visualnet.app.canvas.actions import CANVAS_ACTIONS, selected_nodes
from visualnet.app.features.feature import Feature
from visualnet.app.shell import prompts
from visualnet.app.shell.extra_windows import SheetPlace
from visualnet.app.shell.open_projects import Tab
from visualnet.app.shell.window_base import WindowBase
from visualnet.app.widgets.dialogs.modal import answer_of
from visualnet.app.widgets.dialogs.shortcuts_dialog import ShortcutsDialog
from visualnet.core.project import MAIN
from visualnet.templates.small_versions import small_version


class TabTarget(NamedTuple):
    """An open project, to which something is done."""

    window: WindowBase
    tab: Tab

    def close(self) -> None:
        """Close the project; of a further view that has the keyboard, only that."""
        if not self.window.views.close_active():
            self.window.project_files.close_tab(self.tab)

    def close_others(self) -> None:
        """Close every project but this one."""
        self.window.project_files.close_others(self.tab)

    def copy_path(self) -> None:
        """Put the path of the file on the clipboard."""
        QApplication.clipboard().setText(str(self.tab.path or ""))

    def show_folder(self) -> None:
        """Open the folder of the file in the system's own file manager."""
        if self.tab.path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.tab.path.absolute().parent)))

    @property
    def several(self) -> bool:
        """Whether other projects are open."""
        return len(self.window.project_files.tabs) > 1

    @property
    def saved(self) -> bool:
        """Whether it has a file."""
        return self.tab.path is not None


def begin_empty(window: WindowBase) -> None:
    """An empty network, in the workspace in which it is built."""
    window.project_files.new()
    window.show_space("build")


def can_train(window: WindowBase) -> bool:
    """Whether a run can begin; where only the data is missing, Train offers the small version."""
    ready = window.runner.why_not() == "" or small_version(window.studio.project) is not None
    return not window.covered and window.runner.state == "idle" and ready


def can_resume(window: WindowBase) -> bool:
    """Whether a run is paused, or an earlier one can be gone on with."""
    runner = window.runner
    return runner.state == "paused" or (runner.state == "idle" and not window.covered and runner.can_resume())


def selects_block(place: SheetPlace) -> bool:
    """Whether one block is selected, and nothing else."""
    return selected_nodes(place.view) == 1 and selects_instance(place)


def selects_instance(place: SheetPlace) -> bool:
    """Whether the use of a block is selected."""
    nodes = map(place.view.studio.graph.nodes.get, place.view.studio.selection)
    return any(node is not None and node.block is not None for node in nodes)


# Tables: an action is a row.
# fmt: off
WINDOW_ACTIONS: tuple[ActionSpec[WindowBase], ...] = (
    ActionSpec("file.empty", 11, "New empty network", "Start a network from nothing", "new", "Ctrl+Shift+N",
               begin_empty, anywhere=True),
    ActionSpec("file.open", 11, "Open…", "Open a network from a file", "open", "Ctrl+O",
               lambda w: w.project_files.ask_open(), anywhere=True),
    ActionSpec("file.open_recent", 11, "Open recent", "Networks opened lately", "open", "",
               fill=lambda w, menu: w.project_files.fill_recent(menu), anywhere=True),
    ActionSpec("file.save", 20, "Save", "Write the network to its file", "save", "Ctrl+S", lambda w: w.project_files.save()),
    ActionSpec("file.save_as", 20, "Save as…", "Write the network to another file", "save", "Ctrl+Shift+S",
               lambda w: w.project_files.save_as()),
    ActionSpec("file.reopen_last", 50, "Reopen last projects", "Open what was open when the program was left", "open",
               "Ctrl+Shift+T", lambda w: w.project_files.reopen(), lambda w: bool(w.project_files.last), anywhere=True),
    ActionSpec("file.reopen", 50, "Reopen projects at start", "Begin where the program was left", "", "",
               check=lambda w, wish: w.project_files.set_reopening(wish), anywhere=True),
    ActionSpec("file.quit", 60, "Quit", "Leave the program", "quit", "Ctrl+Q", lambda w: w.close(), anywhere=True),
    ActionSpec("edit.undo", 10, "Undo", "Take the last edit back", "undo", "Ctrl+Z",
               lambda w: w.studio.document.undo(), lambda w: bool(w.studio.document.undo_label)),
    ActionSpec("edit.redo", 10, "Redo", "Do again what was taken back", "redo", "Ctrl+Shift+Z Ctrl+Y",
               lambda w: w.studio.document.redo(), lambda w: bool(w.studio.document.redo_label)),
    ActionSpec("view.workspace_build", 10, "Build", "Draw the network", "tidy", "Ctrl+1",
               check=lambda w, _: w.show_space("build"), group="space", submenu="Workspaces"),
    ActionSpec("view.workspace_train", 10, "Train", "Train it and watch", "training", "Ctrl+2",
               check=lambda w, _: w.show_space("train"), group="space", submenu="Workspaces"),
    ActionSpec("view.workspace_inspect", 10, "Inspect", "Look into it: feature maps and attention", "feature-maps",
               "Ctrl+3", check=lambda w, _: w.show_space("inspect"), group="space", submenu="Workspaces"),
    ActionSpec("view.workspace_data", 10, "Data", "Choose data and see what they hold", "data", "Ctrl+4",
               check=lambda w, _: w.show_space("data"), group="space", submenu="Workspaces"),
    ActionSpec("view.reset", 10, "Reset the arrangement", "Put the panels back where this workspace begins", "reset",
               "", lambda w: w.spaces.reset(), submenu="Workspaces"),
    ActionSpec("view.theme_system", 50, "Theme of the system", "Dark or light as the system is", "theme-system", "",
               check=lambda w, _: w.set_mode("system"), group="theme", anywhere=True, submenu="Appearance"),
    ActionSpec("view.theme_dark", 50, "Dark theme", "Light on dark", "theme-dark", "",
               check=lambda w, _: w.set_mode("dark"), group="theme", anywhere=True, submenu="Appearance"),
    ActionSpec("view.theme_light", 50, "Light theme", "Dark on light", "theme-light", "",
               check=lambda w, _: w.set_mode("light"), group="theme", anywhere=True, submenu="Appearance"),
    ActionSpec("view.theme_contrast", 50, "High contrast, dark", "White on black, strong lines", "eye", "",
               check=lambda w, _: w.set_mode("contrast"), group="theme", anywhere=True, submenu="Appearance"),
    ActionSpec("view.theme_contrast_light", 50, "High contrast, light", "Black on white, strong lines", "eye", "",
               check=lambda w, _: w.set_mode("contrast-light"), group="theme", anywhere=True, submenu="Appearance"),
    ActionSpec("view.text_size", 55, "Text size", "How large all words and figures are", "rename", "",
               fill=lambda w, menu: w.keeper.fill_sizes(menu), submenu="Appearance"),
    ActionSpec("view.text_larger", 55, "Larger text", "Make all text larger", "zoom-in", "Ctrl+Alt+= Ctrl+Alt++",
               lambda w: w.keeper.step_text_size(1), submenu="Appearance"),
    ActionSpec("view.text_smaller", 55, "Smaller text", "Make all text smaller", "zoom-out", "Ctrl+Alt+-",
               lambda w: w.keeper.step_text_size(-1), submenu="Appearance"),
    ActionSpec("view.text_normal", 55, "Normal text", "Text as large as the system has it", "zoom-reset", "Ctrl+Alt+0",
               lambda w: w.keeper.set_text_size(100), submenu="Appearance"),
    ActionSpec("view.second", 70, "Second view", "Open another window onto the same project", "new", "Ctrl+Alt+N",
               lambda w: w.views.open(), context="canvas", submenu="Tabs and windows"),
    ActionSpec("view.next_tab", 70, "Next tab", "Go to the next open project", "arrow-next", "Ctrl+Tab Ctrl+PgDown",
               lambda w: w.project_files.tabs.step(1), lambda w: len(w.project_files.tabs) > 1, anywhere=True,
               submenu="Tabs and windows"),
    ActionSpec("view.previous_tab", 70, "Previous tab", "Go to the previous open project", "arrow-previous",
               "Ctrl+Shift+Tab Ctrl+PgUp",
               lambda w: w.project_files.tabs.step(-1), lambda w: len(w.project_files.tabs) > 1, anywhere=True,
               submenu="Tabs and windows"),
    ActionSpec("train.start", 10, "Train", "Train the network from the start", "play", "F5",
               lambda w: w.train(), can_train),
    ActionSpec("train.pause", 10, "Pause", "Halt the training after this step", "pause", "F6",
               lambda w: w.runner.pause(), lambda w: w.runner.state == "running", anywhere=True),
    ActionSpec("train.resume", 10, "Resume", "Go on where the training was halted", "resume", "Ctrl+F5",
               lambda w: w.runner.resume(), can_resume, anywhere=True),
    ActionSpec("train.stop", 10, "Stop", "End the training and keep its weights", "stop", "Shift+F5",
               lambda w: w.runner.stop(), lambda w: w.runner.state != "idle", anywhere=True),
    ActionSpec("help.command_palette", 10, "All commands…", "Search everything that can be done", "command",
               "Ctrl+Shift+P", lambda w: w.palette_popup.open(), anywhere=True),
    ActionSpec("help.shortcuts", 18, "Keyboard shortcuts…", "See and change the keys", "keyboard", "Ctrl+K",
               lambda w: answer_of(ShortcutsDialog(w.actions_, w)), anywhere=True),
    ActionSpec("help.about", 21, "About VisualNet", "Version, licence and libraries", "info", "",
               prompts.about, anywhere=True),
)
"""What is done to the window and its parts."""
TAB_ACTIONS: tuple[ActionSpec[TabTarget], ...] = (
    ActionSpec("file.close", 40, "Close tab", "Close this project", "close", "Ctrl+W", TabTarget.close,
               lambda at: at.several or not at.window.covered, {"tab": 10}, anywhere=True),
    ActionSpec("file.close_others", 40, "Close other tabs", "Close every project but this one", "close", "",
               TabTarget.close_others, lambda at: at.several, {"tab": 10}, anywhere=True, submenu="Tab"),
    ActionSpec("file.copy_path", 40, "Copy path", "Put the file's path on the clipboard", "copy", "",
               TabTarget.copy_path, lambda at: at.saved, {"tab": 20}, submenu="Tab"),
    ActionSpec("file.show_folder", 40, "Show in folder", "Open the folder that the file stands in", "open", "",
               TabTarget.show_folder, lambda at: at.saved, {"tab": 20}, submenu="Tab"),
)
"""What is done to the project in front, or to the one whose tab was clicked."""
PAGE_ACTIONS: tuple[ActionSpec[SheetPlace], ...] = (
    ActionSpec("edit.find", 31, "Find…", "Find a node by its name or kind", "search", "Ctrl+F",
               lambda at: at.search()),
    ActionSpec("graph.open_block", 20, "Open block", "Show what is inside the selected block", "enter", "Ctrl+Return",
               lambda at: at.open_block(), selects_block, {"block": 23}),
    ActionSpec("graph.open_inside", 22, "Open in place",
               "Show what is inside the selected block in a frame over it, and edit it there", "eye", "Alt+Return",
               lambda at: at.open_inside(), selects_instance, {"block": 25}, context="canvas",
               submenu="Block", submenus={"block": "Block"}),
    ActionSpec("graph.leave_block", 21, "Go up", "Show the sheet on which the open block stands", "arrow-previous",
               "Ctrl+Shift+Return", lambda at: at.go_up(), lambda at: at.view.studio.sheet != MAIN),
)
"""What is done where one worked last: on the page of the window, in a further one, in a block opened in place."""
# fmt: on


def all_actions(features: Iterable[Feature]) -> tuple[ActionSpec[Any], ...]:
    """All that can be done in a window with these features."""
    features = tuple(features)
    toggles = [toggle for feature in features if (toggle := feature.toggle) is not None]
    added = [spec for feature in features for spec in feature.actions]
    return menu_order((*WINDOW_ACTIONS, *TAB_ACTIONS, *CANVAS_ACTIONS, *PAGE_ACTIONS, *toggles, *added))
