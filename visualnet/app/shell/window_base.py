"""What actions and prompts ask of the window they belong to; and what it does with files that are dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from visualnet.app.actions.registry import Actions
from visualnet.app.features.feature import Feature
from visualnet.app.services.runner import Runner
from visualnet.app.shell.canvas_page import CanvasPage
from visualnet.app.shell.extra_windows import ExtraWindows
from visualnet.app.shell.project_files import ProjectFiles
from visualnet.app.shell.workspaces import Workspaces
from visualnet.app.state.dropped_files import droppable, is_openable
from visualnet.app.state.shell import Shell
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import Mode, ThemeKeeper
from visualnet.app.widgets.dialogs.command_palette import CommandPalette
from visualnet.app.widgets.dialogs.messages import Banner


class WindowBase(QMainWindow, Shell):
    """``Window`` as actions and prompts see it."""

    has_window = True
    features: tuple[Feature, ...]
    studio: Studio
    runner: Runner
    keeper: ThemeKeeper
    actions_: Actions
    spaces: Workspaces
    project_files: ProjectFiles
    views: ExtraWindows
    banner: Banner
    canvas: CanvasPage
    palette_popup: CommandPalette

    @property
    def front_page(self) -> str:
        """The feature whose page covers the canvas; empty where none does."""
        return self.project_files.tabs.front.page

    def set_checked(self, action_id: str, state: bool) -> None:
        """Show whether what a checkable action switches is on."""
        self.actions_.set_checked(action_id, state)

    def show_space(self, name: str) -> None:
        """Switch to a workspace."""
        raise NotImplementedError

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme."""
        raise NotImplementedError

    def train(self) -> None:
        """Start a run."""
        raise NotImplementedError

    def open_dropped(self, path: Path) -> None:
        """Open a project; hand anything else to the features that take what is dropped."""
        if is_openable(path):
            self.project_files.open(path)
            return
        for feature in self.features:
            if feature.drop is not None:
                feature.drop(self.studio, path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if droppable(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if name := droppable(event.mimeData()):
            event.acceptProposedAction()
            # After the drag has ended: a question about unsaved changes must not hold up the program it came from.
            QTimer.singleShot(0, self, lambda: self.open_dropped(Path(name)))
