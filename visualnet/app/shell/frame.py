"""What actions and prompts ask of the window they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QMainWindow

from visualnet.app.actions.registry import Actions
from visualnet.app.services.runner import Runner
from visualnet.app.shell.canvas_page import CanvasPage
from visualnet.app.shell.extra_windows import ExtraWindows
from visualnet.app.shell.project_files import ProjectFiles
from visualnet.app.shell.workspaces import Workspaces
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import Mode, ThemeKeeper
from visualnet.app.widgets.dialogs.command_palette import CommandPalette
from visualnet.app.widgets.dialogs.messages import Banner, MessageAction


class Frame(QMainWindow):
    """``Window`` as actions and prompts see it."""

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
    def covered(self) -> bool:
        """Whether a page covers the canvas."""
        raise NotImplementedError

    def show_space(self, name: str) -> None:
        """Switch to a workspace."""
        raise NotImplementedError

    def show_panel(self, name: str) -> Any:
        """Bring a dock to the front; its panel, or None where no feature of that name is there."""
        raise NotImplementedError

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme."""
        raise NotImplementedError

    def train(self) -> None:
        """Start a run."""
        raise NotImplementedError

    def notify(self, severity: str, words: str, actions: Sequence[MessageAction]) -> None:
        """Say something across the top of the window, with what can be done about it."""
        raise NotImplementedError
