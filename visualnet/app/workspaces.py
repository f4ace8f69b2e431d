"""The docks around the canvas and the three arrangements of them: Build, Train, Inspect."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from visualnet.app.settings import Settings

Area = Qt.DockWidgetArea
Factory = Callable[[], QWidget]

# Where each dock stands in each workspace; the first of those that share a place is in front. Sizes in px.
BUILD = {
    "palette": Area.LeftDockWidgetArea,
    "inspector": Area.RightDockWidgetArea,
    "problems": Area.BottomDockWidgetArea,
}
TRAIN = {
    "palette": Area.LeftDockWidgetArea,
    "inspector": Area.RightDockWidgetArea,
    "training": Area.BottomDockWidgetArea,
    "problems": Area.BottomDockWidgetArea,
    "runs": Area.BottomDockWidgetArea,
}
INSPECT = {
    "maps": Area.RightDockWidgetArea,
    "attention": Area.RightDockWidgetArea,
    "inspector": Area.RightDockWidgetArea,
    "training": Area.BottomDockWidgetArea,
    "runs": Area.BottomDockWidgetArea,
}
ELSEWHERE = {"code": Area.RightDockWidgetArea}
"""Where docks go that no workspace begins with."""
SPACES: Mapping[str, Mapping[str, Qt.DockWidgetArea]] = {"build": BUILD, "train": TRAIN, "inspect": INSPECT}
SIZES: Mapping[str, Mapping[str, int]] = {
    "build": {"palette": 196, "inspector": 320, "problems": 156},
    "train": {"palette": 196, "inspector": 320, "training": 290},
    "inspect": {"maps": 520, "training": 240},
}
VERSION = 2


class LateDock(QDockWidget):
    """A dock whose panel is made when it is first shown or asked for: what nobody looks at costs no start-up time."""

    def __init__(self, title: str, make: Factory, window: QMainWindow) -> None:
        super().__init__(title, window)
        self._make = make
        self._panel: QWidget | None = None
        self._frame = QWidget()
        self._column = QVBoxLayout(self._frame)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(self._frame)

    @property
    def made(self) -> bool:
        """Whether the panel is there yet."""
        return self._panel is not None

    @property
    def panel(self) -> QWidget:
        """The panel; it is made now if it is not there yet."""
        if self._panel is None:
            self._panel = self._make()
            self._column.addWidget(self._panel)
        return self._panel

    def showEvent(self, event: QShowEvent) -> None:
        assert self.panel is not None
        super().showEvent(event)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(80, 60))


class Workspaces:
    """Arranges the docks of a window, and remembers what the person changed in each arrangement."""

    def __init__(self, window: QMainWindow, panels: Mapping[str, tuple[str, Factory]], settings: Settings) -> None:
        self.window, self.settings = window, settings
        self.current = ""
        self.docks: dict[str, LateDock] = {}
        window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AnimatedDocks)
        window.setCorner(Qt.Corner.BottomLeftCorner, Area.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Area.BottomDockWidgetArea)
        for name, (title, make) in panels.items():
            dock = LateDock(title, make, window)
            dock.setObjectName(f"dock.{name}")
            dock.setFeatures(
                QDockWidget.DockWidgetFeature.DockWidgetMovable
                | QDockWidget.DockWidgetFeature.DockWidgetClosable
                | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            )
            self.docks[name] = dock
            window.addDockWidget(Area.RightDockWidgetArea, dock)
            dock.hide()

    def show(self, name: str) -> None:
        """Switch to a workspace, as it was left, or as it comes."""
        name = name if name in SPACES else "build"
        self.remember()
        self.current = name
        kept = self.settings.section("workspaces").get(name)
        if not isinstance(kept, str) or not self._restore(kept):
            self.arrange(name)

    def _restore(self, kept: str) -> bool:
        try:
            state = QByteArray.fromBase64(kept.encode("ascii"))
        except UnicodeEncodeError:
            return False
        return self.window.restoreState(state, VERSION)

    def reset(self) -> None:
        """Forget what was changed in the present workspace."""
        if self.current:
            self.settings.section("workspaces").pop(self.current, None)
            self.arrange(self.current)

    def arrange(self, name: str) -> None:
        """The arrangement as it comes, whatever was changed."""
        plan = SPACES[name]
        for dock in self.docks.values():
            self.window.removeDockWidget(dock)
        front: dict[Qt.DockWidgetArea, QDockWidget] = {}
        for key, area in plan.items():
            dock = self.docks[key]
            self.window.addDockWidget(area, dock)
            dock.setFloating(False)
            dock.show()
            if area in front:
                self.window.tabifyDockWidget(front[area], dock)
            else:
                front[area] = dock
        for first in front.values():
            first.raise_()
        for key, size in SIZES[name].items():
            side = plan[key] in (Area.LeftDockWidgetArea, Area.RightDockWidgetArea)
            way = Qt.Orientation.Horizontal if side else Qt.Orientation.Vertical
            self.window.resizeDocks([self.docks[key]], [size], way)

    def remember(self) -> None:
        """Keep the arrangement that is on the screen now."""
        if self.current and self.window.isVisible():
            state = bytes(self.window.saveState(VERSION).toBase64().data()).decode("ascii")
            self.settings.section("workspaces")[self.current] = state

    def hide(self) -> None:
        """Put every dock away, after remembering how they stand."""
        self.remember()
        self.current = ""
        for dock in self.docks.values():
            dock.hide()

    def reveal(self, name: str) -> None:
        """Bring a dock to the front, wherever it is; where it stands in some workspace if it is nowhere."""
        dock = self.docks[name]
        if dock.isHidden():
            area = {**ELSEWHERE, **INSPECT, **TRAIN, **BUILD}[name]
            self.window.addDockWidget(area, dock)
            others = [d for n, d in self.docks.items() if n != name and not d.isHidden()]
            same = [d for d in others if self.window.dockWidgetArea(d) == area and not d.isFloating()]
            if same:
                self.window.tabifyDockWidget(same[0], dock)
            dock.show()
        dock.raise_()
