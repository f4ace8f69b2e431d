"""What a feature may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from visualnet.core.project import Project


class Shell:
    """The frame as features see it: they never name another feature's classes, nor the window's.

    This base of it has no window and does nothing, as a Studio that stands alone needs it.
    """

    has_window = False
    """Whether there is a window around the Studio."""

    @property
    def covered(self) -> bool:
        """Whether a page covers the canvas, and no panel is on the screen."""
        return False

    @property
    def front_page(self) -> str:
        """The feature whose page covers the canvas; empty where none does."""
        return ""

    def panel(self, name: str) -> Any:
        """The panel of a dock, wherever it is; None where no feature of that name is there."""
        return None

    def show_panel(self, name: str) -> Any:
        """Bring a dock to the front; its panel, or None where no feature of that name is there."""
        return None

    def is_panel_seen(self, name: str) -> bool:
        """Whether a dock is on the screen, and not behind another one."""
        return False

    def set_panel_shown(self, name: str, state: bool) -> None:
        """Show a dock in front, or hide it."""

    def overlay(self, name: str) -> QObject | None:
        """What a feature draws over the canvas."""
        return None

    def show_page(self, name: str) -> None:
        """Cover the canvas with a feature's page, in a tab of its own."""

    def page(self, name: str) -> Any:
        """A feature's page; None where no feature of that name is there."""
        return None

    def open_copy(self, project: Project) -> None:
        """Open a project that has no file, in a tab of its own."""

    def run_action(self, action_id: str) -> None:
        """Do what an action of the table does, if it is there and can be done now."""

    def set_checked(self, action_id: str, state: bool) -> None:
        """Show whether what a checkable action switches is on."""

    def keys_text(self, action_id: str) -> str:
        """The first keys of an action as this system writes them, or nothing."""
        return ""

    def open_file(self, path: Path) -> None:
        """Open a project, or go to the tab that has it."""

    def open_dropped(self, path: Path) -> None:
        """Open a project that was dropped somewhere; hand anything else to the features that take what is dropped."""

    def files_to_reopen(self) -> list[Path]:
        """The files that were open when the program was left last, are still there, and are not open now."""
        return []

    def notify(self, severity: str, words: str, actions: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """Say something across the top of the window, with what can be done about it."""

    def other_projects(self) -> list[tuple[str, Project]]:
        """The other open projects by name, as they are now."""
        return []

    def last_project(self) -> Project | None:
        """The project in front; under a page, that which was in front before it. None where that was closed."""
        return None

    def visible_area(self) -> tuple[float, float, float, float]:
        """What part of the open sheet is on the screen: x, y, width and height, in px of the sheet."""
        return 0.0, 0.0, 0.0, 0.0

    @property
    def canvas_alone(self) -> bool:
        """Whether the canvas is alone on the screen."""
        return False

    def set_canvas_alone(self, state: bool) -> None:
        """Put bars and panels away and make the text larger, or bring all back as it was; ``Studio.canvas_alone_changed`` tells."""

    def focus_canvas(self) -> None:
        """Give the keyboard back to the canvas that was worked in last."""

    def dialog_parent(self) -> Any:
        """The widget that a dialog belongs to."""
        return None
