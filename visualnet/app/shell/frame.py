"""What the parts of the shell ask of the window they stand in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QMainWindow

from visualnet.app.actions.registry import Actions
from visualnet.app.features.feature import Feature
from visualnet.app.services.runner import Runner
from visualnet.app.shell.canvas_page import CanvasPage
from visualnet.app.shell.project_files import ProjectFiles
from visualnet.app.shell.workspaces import Workspaces
from visualnet.app.state.settings import Settings
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import Mode, ThemeKeeper
from visualnet.app.widgets.command_palette import CommandPalette
from visualnet.app.widgets.messages import Act


class Frame(QMainWindow):
    """``Window`` as actions, prompts and further windows see it."""

    studio: Studio
    runner: Runner
    settings: Settings
    keeper: ThemeKeeper
    features: tuple[Feature, ...]
    actions_: Actions
    canvas: CanvasPage
    spaces: Workspaces
    filing: ProjectFiles
    palette_popup: CommandPalette

    @property
    def on_start_page(self) -> bool:
        """Whether the start page covers the canvas."""
        raise NotImplementedError

    def show_start(self) -> None:
        """The start page, in a tab of its own."""
        raise NotImplementedError

    def show_space(self, name: str) -> None:
        """Switch to a workspace."""
        raise NotImplementedError

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme."""
        raise NotImplementedError

    def train(self) -> None:
        """Start a run."""
        raise NotImplementedError

    def notify(self, severity: str, words: str, acts: Sequence[Act]) -> None:
        """Say something across the top of the window, with what can be done about it."""
        raise NotImplementedError
