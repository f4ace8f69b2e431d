"""The docks around the canvas and the arrangements of them: Build, Train, Inspect, Data.

Docks that share a place are tabbed once, when the window is made, and stay so: a workspace only says which are shown, which is in
front and how large the sides are. (Tabbing anew at each switch leaves dead tab bars behind in QMainWindow.)

A panel below the canvas that stands alone and has nothing to say is collapsed to its strip, until it has; a person who opens it by hand
keeps it open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar

from visualnet.app.features.feature import Feature
from visualnet.app.state.frame_settings import WORKSPACES
from visualnet.app.state.studio import Studio
from visualnet.app.theme.child_objects import find_children
from visualnet.app.widgets.lazy_dock import LazyDock
from visualnet.core.user.settings import Settings

Area = Qt.DockWidgetArea


class WorkspaceLayout(NamedTuple):
    """What a workspace shows, what is in front, and how many px the sides take."""

    shown: tuple[str, ...]
    front: tuple[str, ...]
    sizes: Mapping[str, int]
    held: tuple[str, ...] = ()
    """What a person keeps open though it has nothing to say."""


SIZES: Mapping[str, Mapping[str, int]] = {
    "build": {"left": 208, "right": 320, "bottom": 132},
    "train": {"left": 196, "right": 320, "bottom": 300},
    "inspect": {"right": 520, "bottom": 250},
    "data": {"right": 760, "bottom": 132},
}
"""Each workspace, and how many px its sides take at first."""
TALL_RIGHT = ("train",)
"""Where the right side has the whole height of the window: the recipe is a page."""
COLLAPSE_MS = 300
"""So long after the last change a panel collapses or comes up: nothing moves under a hand that works."""
LEAST_PX = 40
_SIDES = {"left": Area.LeftDockWidgetArea, "right": Area.RightDockWidgetArea, "bottom": Area.BottomDockWidgetArea}


class Workspaces:
    """Arranges the docks of a window, and remembers what the person changed in each arrangement."""

    def __init__(self, window: QMainWindow, studio: Studio, features: Iterable[Feature], settings: Settings) -> None:
        self.window, self.settings, self.studio = window, settings, studio
        self._declared = {f.id: f.dock for f in features if f.dock is not None}
        self.spaces = {
            name: WorkspaceLayout(
                tuple(i for i, d in self._declared.items() if name in d.workspaces),
                tuple(i for i, d in self._declared.items() if d.workspaces.get(name)),
                sizes,
            )
            for name, sizes in SIZES.items()
        }
        self.current = ""
        self._wished: dict[str, int] = {}
        """What the sides were given before text became larger."""
        self._forced: dict[str, int] = {}
        """What they took after that."""
        self.docks: dict[str, LazyDock] = {}
        self._bottom = 0
        """How high the panels below the canvas were when none was collapsed."""
        self._collapse_timer = QTimer(window, singleShot=True, interval=COLLAPSE_MS)
        self._collapse_timer.timeout.connect(self._collapse_when_idle)
        window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks)
        window.setCorner(Qt.Corner.BottomLeftCorner, Area.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Area.BottomDockWidgetArea)
        for name, declared in self._declared.items():
            self.docks[name] = LazyDock(declared.title, partial(declared.make, studio), window)
            self.docks[name].setObjectName(f"dock.{name}")
            self.docks[name].nothing_changed.connect(self._collapse_soon)
            self.docks[name].visibilityChanged.connect(self._collapse_soon)
            self.docks[name].topLevelChanged.connect(self._collapse_soon)
            self.docks[name].opened.connect(partial(self.reveal, name))
        self._put_home()
        self.hide()
        for name, declared in self._declared.items():
            if declared.eager:
                assert self.docks[name].panel is not None

    def _put_home(self) -> None:
        """Every dock to its place, those that share one as tabs."""
        first: dict[Qt.DockWidgetArea, QDockWidget] = {}
        for name, dock in self.docks.items():
            area = _SIDES[self._declared[name].area]
            dock.setFloating(False)
            self.window.addDockWidget(area, dock)
            if area in first:
                self.window.tabifyDockWidget(first[area], dock)
            first[area] = dock

    def show(self, name: str) -> None:
        """Switch to a workspace, as it was left, or as it comes."""
        name = name if name in self.spaces else "build"
        self.remember()
        self._arrange(name, self._kept(name))

    def reset(self) -> None:
        """Every dock home, and the present workspace as it comes."""
        self.settings[WORKSPACES] = {}
        self._put_home()
        self._arrange(self.current or "build", self.spaces[self.current or "build"])

    def _kept(self, name: str) -> WorkspaceLayout:
        """What is remembered of a workspace, as far as it makes sense."""
        own, kept = self.spaces[name], self.settings.section(WORKSPACES).get(name)
        if not isinstance(kept, dict):
            return own

        def known(key: str, default: tuple[str, ...]) -> tuple[str, ...]:
            names: Any = kept.get(key)
            return tuple(n for n in names if n in self.docks) if isinstance(names, list) else default

        sizes: Any = kept.get("sizes")
        fits = isinstance(sizes, dict) and all(isinstance(v, int) and LEAST_PX <= v <= 4000 for v in sizes.values())
        held = known("held", ())
        return WorkspaceLayout(known("shown", own.shown), known("front", own.front), sizes if fits else own.sizes, held)

    def _arrange(self, name: str, space: WorkspaceLayout) -> None:
        self.current = name
        corner = Area.RightDockWidgetArea if name in TALL_RIGHT else Area.BottomDockWidgetArea
        self.window.setCorner(Qt.Corner.BottomRightCorner, corner)
        self._bottom = space.sizes.get("bottom", 0)
        for key, dock in self.docks.items():
            dock.held = key in space.held
            dock.setVisible(key in space.shown)
        self._collapse()
        for key in space.front:
            if key in space.shown:
                self.docks[key].raise_()
        self._resize(space.sizes)
        QTimer.singleShot(0, self.window, self._hide_dead_bars)

    def _resize(self, sizes: Mapping[str, int]) -> None:
        """Give the sides so many px, or as near to it as what stands there lets them."""
        for side, size in sizes.items():
            there = [d for d in self.docks.values() if not d.isHidden() and self._side(d) == side]
            if there and not there[0].collapsed:
                way = Qt.Orientation.Vertical if side == "bottom" else Qt.Orientation.Horizontal
                self.window.resizeDocks(there[:1], [size], way)

    def _measure(self) -> dict[str, int]:
        """How many px each side takes now."""
        sizes = {}
        for dock in self.docks.values():
            side = self._side(dock)
            if side and dock.isVisible() and not dock.visibleRegion().isEmpty():
                sizes[side] = dock.height() + self._bar_height(dock) if side == "bottom" else dock.width()
        return sizes

    def _bar_height(self, dock: QDockWidget) -> int:
        """How high the tabs of a dock are, if it shares its place: ``resizeDocks`` counts them in."""
        group = self._group(dock)
        bars = find_children(self.window, QTabBar)
        mine = [b for b in bars if len(group) > 1 and {b.tabText(i) for i in range(b.count())} == group]
        return mine[0].height() if mine else 0

    def _group(self, dock: QDockWidget) -> frozenset[str]:
        """The titles of the docks that share the place of one, with its own."""
        beside = self.window.tabifiedDockWidgets(dock)
        return frozenset([dock.windowTitle(), *(d.windowTitle() for d in beside if not d.isHidden())])

    def keep_sizes(self) -> None:
        """Text is another size, and the panels are not laid out anew yet: give the sides what they had, as soon as that has been done.

        Larger text may force a side to be wider; when text is smaller again, the side goes back to what the person had given it.
        """
        now = self._measure()
        if now != self._forced:
            self._wished = now
        QTimer.singleShot(0, self.window, self._give_back_sizes)

    def _give_back_sizes(self) -> None:
        self._resize(self._wished)
        QTimer.singleShot(0, self.window, self._note_forced)

    def _note_forced(self) -> None:
        self._forced = self._measure()

    def settle_sizes(self) -> None:
        """The window has got its size back: the sides as they are remembered of the present workspace."""
        if self.current:
            self._resize(self._kept(self.current).sizes)

    def _hide_dead_bars(self) -> None:
        """WORKAROUND for QMainWindow: tabbing a third dock to two leaves the bar of the two on the screen."""
        live = {self._group(dock) for dock in self.docks.values()}
        for bar in find_children(self.window, QTabBar):
            if frozenset(bar.tabText(i) for i in range(bar.count())) not in live:
                bar.hide()

    # --- panels with nothing to say ------------------------------------------------------------------------------------------------

    def _collapse_soon(self, *_: object) -> None:
        self._collapse_timer.start()

    def _collapse_when_idle(self) -> None:
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._collapse_timer.start()  # nothing moves under a hand that drags
        else:
            self._collapse(keep=True)

    def _collapse(self, keep: bool = False) -> None:
        """Collapse what stands alone below the canvas and has nothing to say; bring up what has. ``keep``: as high as it was before."""
        for dock in self.docks.values():
            alone = self._side(dock) == "bottom" and not any(
                not other.isHidden() and not other.isFloating() for other in self.window.tabifiedDockWidgets(dock)
            )
            collapsed = bool(dock.nothing) and not dock.held and not dock.isHidden() and alone
            if collapsed == dock.collapsed:
                continue
            if collapsed and keep and self._is_seen(dock) and dock.height() >= LEAST_PX:
                self._bottom = dock.height()
            focus = QApplication.focusWidget()
            if collapsed and focus is not None and dock.isAncestorOf(focus):
                self.studio.shell.focus_canvas()
            dock.collapse(collapsed)
            if not collapsed and not dock.isHidden() and not dock.isFloating() and self._bottom:
                if (layout := self.window.layout()) is not None:
                    layout.activate()  # else it is resized within the height of its strip
                self.window.resizeDocks([dock], [self._bottom], Qt.Orientation.Vertical)

    def _side(self, dock: QDockWidget) -> str:
        area = self.window.dockWidgetArea(dock)
        return "" if dock.isFloating() else next((side for side, a in _SIDES.items() if a == area), "")

    def remember(self) -> None:
        """Keep the arrangement that is on the screen now."""
        if not self.current or not self.window.isVisible():
            return
        shown = [n for n, d in self.docks.items() if not d.isHidden()]
        front = [n for n in shown if self._is_seen(self.docks[n])]
        sizes = self._measure()
        if "bottom" in sizes and all(self.docks[n].collapsed for n in front if self._side(self.docks[n]) == "bottom"):
            sizes["bottom"] = self._bottom
        held = [n for n in shown if self.docks[n].held]
        kept = {"shown": shown, "front": front, "sizes": {side: px for side, px in sizes.items() if px}, "held": held}
        self.settings.section(WORKSPACES)[self.current] = kept

    def hide(self) -> None:
        """Put every dock away, after remembering how they stand."""
        self.remember()
        self.current = ""
        for dock in self.docks.values():
            dock.hide()
        if (layout := self.window.layout()) is not None:
            layout.activate()  # what stands between the docks has its room at once

    def reveal(self, name: str) -> None:
        """Bring a dock to the front, wherever it is; nothing happens where there is none of that name, or all are put away."""
        if name in self.docks and self.current:
            dock = self.docks[name]
            dock.show()
            dock.held = dock.held or bool(dock.nothing)
            self._collapse()
            dock.raise_()

    def reveal_run(self) -> None:
        """Bring to the front what shows how the training goes."""
        for name, declared in self._declared.items():
            if declared.shows_run:
                self.reveal(name)

    def is_run_open(self) -> bool:
        """Whether what shows how the training goes is on the screen, or at least a tab of it."""
        return any(self.is_open(name) for name, declared in self._declared.items() if declared.shows_run)

    def set_shown(self, name: str, state: bool) -> None:
        """Show a dock in front, or hide it."""
        if state:
            self.reveal(name)
        else:
            self.docks[name].held = False
            self.docks[name].hide()

    def is_open(self, name: str) -> bool:
        """Whether a dock is on the screen, or at least a tab of it."""
        return name in self.docks and not self.docks[name].isHidden()

    def is_seen(self, name: str) -> bool:
        """Whether a dock is on the screen, and not behind another one."""
        return name in self.docks and self._is_seen(self.docks[name])

    @staticmethod
    def _is_seen(dock: QDockWidget) -> bool:
        # A dock behind another tab is "visible" to Qt, at a place outside the window.
        return dock.isVisible() and not dock.visibleRegion().isEmpty()
