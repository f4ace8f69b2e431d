"""What a feature may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject

from visualnet.core.project import Project


class Shell(Protocol):
    """The frame as features see it: they never name another feature's classes, nor the window's."""

    def panel(self, name: str) -> Any:
        """The panel of a dock, wherever it is; None where no feature of that name is there."""

    def show_panel(self, name: str) -> Any:
        """Bring a dock to the front; its panel, or None where no feature of that name is there."""

    def overlay(self, name: str) -> QObject | None:
        """What a feature draws over the canvas."""

    def run_action(self, action_id: str) -> None:
        """Do what an action of the table does, if it can be done now."""

    def notify(self, severity: str, words: str, acts: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """Say something across the top of the window, with what can be done about it."""

    def other_projects(self) -> list[tuple[str, Project]]:
        """The other open projects by name, as they are now."""

    def visible_area(self) -> tuple[float, float, float, float]:
        """What part of the open sheet is on the screen: x, y, width and height, in px of the sheet."""

    def focus_canvas(self) -> None:
        """Give the keyboard back to the canvas."""

    def dialog_parent(self) -> Any:
        """The widget that a dialog belongs to."""
