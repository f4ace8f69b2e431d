"""What a feature is: a folder that declares what it adds to the window.

A feature contributes a dock, actions, an overlay on the canvas, a strip under it, or several of these. Its factories are handed
the Studio (an
overlay also the canvas) and import what they need only then: what nobody looks at costs no start-up time. The window knows the
list in ``registry.py`` and none of its members; each can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.state.studio import Studio


@dataclass(frozen=True, slots=True)
class Dock:
    """A panel beside the canvas.

    ``workspaces`` names those in which it stands at first, each with whether it is in front there. ``toggle`` is the action that shows and
    hides it. A panel with a signal ``title_changed(str)`` changes the dock's title; an ``eager`` one is made with the window.
    """

    title: str
    make: Callable[[Studio], QWidget]
    toggle: ActionSpec
    area: Literal["left", "right", "bottom"] = "right"
    workspaces: Mapping[str, bool] = field(default_factory=dict)
    eager: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that the window offers. ``id`` is kept in the settings: it never changes.

    ``help`` says in a sentence or two what it is for and how it is used. An ``overlay`` is drawn over the main canvas, a ``strip`` is a
    widget under it; both are made with the window.
    """

    id: str
    help: str
    dock: Dock | None = None
    actions: tuple[ActionSpec, ...] = ()
    overlay: Callable[[Studio, CanvasBase], QObject] | None = None
    strip: Callable[[Studio], QWidget] | None = None


def toggle(
    id: str, text: str, tip: str, icon: str, shortcuts: tuple[str, ...] = (), divider: bool = False
) -> ActionSpec:
    """The action that shows or hides a dock."""
    return ActionSpec(f"view.{id}", text, tip, icon, shortcuts, "View", checkable=True, divider=divider)


def has_selected_node(studio: Any) -> bool:
    """Whether exactly one node is selected in the view that was worked in last."""
    return len(studio.active.selection) == 1


def draws_something(studio: Any) -> bool:
    """Whether the open sheet holds a node."""
    return bool(studio.graph.nodes)
