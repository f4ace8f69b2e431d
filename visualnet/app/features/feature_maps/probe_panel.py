"""What the panels share that show what leaves one port of the network, live, for the chosen sample."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QWidget

from visualnet.analysis.facts import NodePath
from visualnet.app.plots.picture import Picture
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState
from visualnet.app.widgets.layouts import column, stack
from visualnet.training.control import ProbePort


class ProbePanel(QWidget):
    """Watches a port while it is on the screen, and draws what was seen, or says why there is nothing.

    A subclass chooses the port (`follow`, `target`) and draws an array (`draw_array`).
    """

    who = ""
    """The name by which it asks for ports and for time to draw."""
    every_ms = 150

    def __init__(self, studio: Studio, view: Picture, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.empty = EmptyState(icon, "")
        self.stack = stack(self.empty, view)
        self._picture = view
        view.set_theme(studio.theme)

    def set_head(self, head: QLayout) -> None:
        """Put what chooses the port above the picture, and follow the Studio from now on."""
        column(head, (self.stack, 1), spacing=0, parent=self)
        self.studio.analysed.connect(DeferredRefresh(self, self.follow).ask)
        self.studio.theme_changed.connect(self._picture.set_theme)
        self.runner.probes_changed.connect(self.refresh)
        self.follow()

    def follow(self) -> None:
        """Choose the port anew, for the network or the selection is another."""
        raise NotImplementedError

    def target(self) -> ProbePort | None:
        """The port that is looked at."""
        raise NotImplementedError

    def draw_array(self, array: Any, step: int | None) -> str:
        """Draw what was seen at the port, at a step of a training if there was one; the words why not, if it cannot be drawn."""
        raise NotImplementedError

    def why_no_target(self) -> str:
        """The words where no port can be looked at."""
        raise NotImplementedError

    def path_of(self, node_id: str) -> NodePath:
        """The way from the main sheet to a node of the open sheet."""
        return (*sheet_path(self.studio), node_id)

    def refresh(self) -> None:
        """Show what was seen last, when there is time."""
        self.runner.redraws.ask(self.who, self, self.draw, self.runner.probes.redraw_ms(self.every_ms))

    def request_probes(self) -> None:
        """Ask for the port, while the panel is on the screen."""
        target = self.target()
        self.runner.request_probes(self.who, [target] if self.isVisible() and target is not None else [])
        self.draw()

    def draw(self) -> None:
        """Draw what was seen last."""
        probes, target = self.runner.probes, self.target()
        seen = probes.seen
        array = seen.arrays.get(target) if seen is not None and target is not None else None
        if seen is None or array is None:
            words = self.why_empty()
        else:
            words = self.draw_array(array, (seen.step or None) if probes.trained else None)
        self.empty.sentence.setText(words)
        self.stack.setCurrentWidget(self.empty if words else self._picture)

    def why_empty(self) -> str:
        """The words that stand where nothing was seen."""
        if self.target() is None:
            return self.why_no_target()
        if self.runner.state == "starting":
            return "The training is starting …"
        return self.runner.probes.words or "Looking …"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.request_probes(self.who)
