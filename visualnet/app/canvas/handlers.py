"""What the canvas answers of the table of actions, beyond the few that every editor has."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from visualnet.app.canvas.commands import annotate, arrange, collapse, keyboard_focus, kind_and_params, remove, select
from visualnet.app.canvas.view import CanvasView


def bindings(view: CanvasView) -> dict[str, Callable[..., Any]]:
    """A handler for each action of ``canvas_actions``."""
    found: dict[str, Callable[..., Any]] = {
        "edit.dissolve": lambda: remove.dissolve(view),
        "edit.copy_params": lambda: kind_and_params.copy_params(view),
        "edit.paste_params": lambda: kind_and_params.paste_params(view),
        "graph.connect": view.connect_by_keys,
        "graph.change_kind": lambda: kind_and_params.choose_kind(view),
        "graph.mute": lambda: kind_and_params.set_mode(view, "mute"),
        "graph.disable": lambda: kind_and_params.set_mode(view, "off"),
        "graph.fold": lambda: collapse.toggle(view),
        "graph.add_bend": lambda: keyboard_focus.add_bend(view),
        "graph.frame": lambda: annotate.frame(view),
        "graph.note": lambda: annotate.note(view),
        "graph.write": lambda: annotate.write(view),
        "graph.colour": lambda menu: annotate.fill_colours(view, menu),
        "graph.straighten": lambda: annotate.straighten(view),
        "view.bookmark": lambda: annotate.bookmark(view),
        "view.next_bookmark": lambda: annotate.next_bookmark(view),
        "view.bookmarks": lambda menu: annotate.fill_bookmarks(view, menu),
        "view.path": view.show_path,
        "view.minimap": lambda shown: view.minimap.fold(not shown),
        "view.motion": lambda menu: fill_motion(view, menu),
        "arrange.tidy_selection": lambda: arrange.tidy_selection(view),
        "arrange.tidy_right": lambda: arrange.tidy(view, "right"),
        "arrange.tidy_down": lambda: arrange.tidy(view, "down"),
        "arrange.across": lambda: arrange.distribute(view, True),
        "arrange.down": lambda: arrange.distribute(view, False),
    }
    for name in ("next_wire", "next_bend", "next_remark"):
        found[f"select.{name}"] = lambda n=name: getattr(keyboard_focus, n)(view)
    for name in ("kind", "family", "connected", "upstream", "downstream", "invert"):
        found[f"select.{name}"] = lambda n=name: getattr(select, n)(view)
    for edge in ("left", "centre", "right", "top", "middle", "bottom"):
        found[f"arrange.{edge}"] = lambda e=edge: arrange.align(view, e)
    return found


def remember(view: CanvasView, kept: MutableMapping[str, Any]) -> None:
    """Keep there what a person chose about the canvas, and take it over."""
    view.minimap.remember(kept)
    view.choose_motion(kept.get("view.motion", "system"))


def fill_motion(view: CanvasView, menu: QMenu) -> None:
    """How much may move: as the system is set to, always, never."""
    words = {"system": "As the system is set", "on": "Glide", "off": "No motion"}
    group = QActionGroup(menu)
    for choice, text in words.items():
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(view.minimap.kept.get("view.motion", "system") == choice)
        group.addAction(action)
        action.triggered.connect(lambda _=False, c=choice: choose_motion(view, c))


def choose_motion(view: CanvasView, choice: str) -> None:
    """Take over a choice of motion and remember it."""
    view.minimap.kept["view.motion"] = choice
    for each in (view, *view.others):
        each.choose_motion(choice)
