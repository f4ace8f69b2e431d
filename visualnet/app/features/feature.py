"""What a feature is: a folder that declares what it adds to the window.

A feature contributes a dock, a page, actions, entries of the search, an overlay on the canvas, a strip under it, or several of these. Its
factories are handed the Studio (an overlay also the canvas) and import what they need only then: what nobody looks at costs no start-up
time. The window knows the list in ``registry.py`` and none of its members; each can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.state.studio import Studio
from visualnet.core.user.settings import UserSetting


def lazy(path: str, active: bool = False) -> Callable[[Studio], Any]:
    """Call what the path names (``"package.module:name"``) with the Studio, and import it only then. With ``active`` it is handed the
    Studio of the view that was worked in last."""
    return lambda studio: resolve_name(path)(studio.active if active else studio)


def lazy_overlay(path: str, settings: bool = False) -> Callable[[Studio, CanvasBase], Any]:
    """Call what the path names with the Studio and the main canvas, and with the person's settings where it wants them; import it only
    then."""
    return lambda studio, canvas: resolve_name(path)(studio, canvas, *((studio.settings,) if settings else ()))


def call_overlay(feature: str, method: str) -> Callable[..., None]:
    """An action's function: calls a method of what the feature draws over the canvas, with all but the Studio that it is given."""

    def call(studio: Studio, *given: Any) -> None:
        if (overlay := studio.shell.overlay(feature)) is not None:
            getattr(overlay, method)(*given)

    return call


@dataclass(frozen=True, slots=True)
class Dock:
    """A panel beside the canvas.

    ``tip``, ``icon`` and ``keys`` are of the action that shows and hides it, ``action`` its id where that is not ``view.`` and the
    feature's. ``workspaces`` names those in which it stands at first, each with whether it is in front there. A panel with a signal
    ``title_changed(str)`` changes the dock's title; an ``eager`` one is made with the window.
    ``submenu`` is that of the menu View in which it is offered. One that ``shows_run`` is brought to the front when a training begins.
    """

    title: str
    make: Callable[[Studio], QWidget]
    tip: str
    icon: str
    keys: str = ""
    area: Literal["left", "right", "bottom"] = "right"
    workspaces: Mapping[str, bool] = field(default_factory=dict)
    eager: bool = False
    action: str = ""
    submenu: str = "Panels"
    shows_run: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What covers the canvas, in a tab that no project is open in; ``title`` stands on that tab.

    One that is ``home`` is shown when the program starts, and when the last project was closed.
    """

    title: str
    make: Callable[[Studio], QWidget]
    home: bool = False


class SearchChoice(NamedTuple):
    """One entry of a `SearchGroup`: its name for the program, its title, what it is in a sentence, and its icon."""

    name: str
    title: str
    detail: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """What the search of all commands finds beside the actions: things of one kind.

    ``kind`` stands before the colon of their targets (``"lesson"`` of ``"lesson:watch-it-learn"``), ``label`` says the same to a person.
    ``choices`` is called when the search opens, ``choose`` with the name of what was chosen. With ``wants_network`` nothing of it can be
    chosen while a page covers the canvas.
    """

    kind: str
    label: str
    choices: Callable[[], Iterable[SearchChoice]]
    choose: Callable[[Studio, str], object]
    wants_network: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that the window offers. ``id`` is kept in the settings: it never changes.

    ``help`` says in a sentence or two what it is for and how it is used. An ``overlay`` is drawn over the main canvas, a ``strip`` is a
    widget under it; both are made with the window, as a ``page`` is. ``drop`` takes a file or folder that was dropped on the window and is
    no project. ``opens``: by the ending of its name, what opens a file that holds more than a project. ``search_entries`` are found by the
    search of all commands. ``ask_network`` asks with which network a run goes on whose drawing was changed; it returns False where the
    question cannot be seen. ``settings`` are all that it remembers for the person.
    """

    id: str
    help: str
    dock: Dock | None = None
    page: Page | None = None
    actions: tuple[ActionSpec[Studio], ...] = ()
    overlay: Callable[[Studio, CanvasBase], QObject] | None = None
    strip: Callable[[Studio], QWidget] | None = None
    drop: Callable[[Studio, Path], object] | None = None
    opens: Mapping[str, Callable[[Studio, Path], object]] = field(default_factory=dict)
    search_entries: tuple[SearchGroup, ...] = ()
    ask_network: Callable[[Studio], bool] | None = None
    settings: tuple[UserSetting[Any], ...] = ()

    @property
    def toggle(self) -> ActionSpec[Studio] | None:
        """The action that shows and hides the dock, if there is one."""
        if (dock := self.dock) is None:
            return None

        def show(studio: Studio, state: bool) -> None:
            # Behind another tab it is not seen: who asks for it wants to see it.
            studio.shell.set_panel_shown(self.id, state or not studio.shell.is_panel_seen(self.id))

        return ActionSpec(
            dock.action or f"view.{self.id}",
            30,
            dock.title,
            dock.tip,
            dock.icon,
            dock.keys,
            check=show,
            shows=True,
            submenu=dock.submenu,
        )


def openers(features: Iterable[Feature], studio: Studio) -> dict[str, Callable[[Path], object]]:
    """What opens files of these endings."""
    return {ending: partial(run, studio) for feature in features for ending, run in feature.opens.items()}


def has_selected_node(studio: Studio) -> bool:
    """Whether exactly one node is selected in the view that was worked in last."""
    return len(studio.active.selection) == 1


def draws_something(studio: Studio) -> bool:
    """Whether the open sheet holds a node."""
    return bool(studio.graph.nodes)
