"""Feature maps: what leaves any node, all channels tiled, for the chosen sample, live while it trains."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from visualnet.analysis.facts import NodeFacts, NodePath
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser, facts_at, path_of, told_path
from visualnet.app.plots.feature_maps import TilesView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import ElidedLabel, EmptyState

WHO = "maps"
EVERY_MS = 120


class MapsPanel(QWidget):
    """Follows the selection; a pin keeps one node."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.path: NodePath | None = None
        self.pin = QToolButton()
        self.pin.setCheckable(True)
        self.pin.setIconSize(QSize(14, 14))
        self.pin.setToolTip("Keep this node, whatever is selected")
        self.pin.setAccessibleName("Keep this node")
        icons.bind(self.pin, "pin", "muted")
        self.pin.toggled.connect(lambda _: self._follow())
        self.name = ElidedLabel("")
        self.name.setProperty("role", "strong")
        self.port = QComboBox()
        self.port.setToolTip("Which of the node's outputs")
        self.port.setAccessibleName("Output")
        self.port.activated.connect(lambda _: self._aim())
        self.view = TilesView()
        self.empty = EmptyState("feature-maps", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 2)
        head.setSpacing(4)
        head.addWidget(self.pin)
        head.addWidget(self.name, 1)
        head.addWidget(self.port)
        head.addWidget(SampleChooser(studio))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        studio.selection_changed.connect(lambda _: self._follow())
        studio.analysed.connect(lambda _: self._follow())
        studio.theme_changed.connect(self.view.set_theme)
        studio.document_changed.connect(lambda: self.pin.setChecked(False))
        self.runner.watched.connect(self.refresh)
        self.view.set_theme(studio.theme)
        self._follow()

    def refresh(self) -> None:
        """Show what was seen last, when there is time."""
        self.runner.redraws.ask(WHO, self, self._draw, EVERY_MS)

    # --- which node ----------------------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        chosen = [i for i in self.studio.selection if i in self.studio.graph.nodes]
        if not (self.pin.isChecked() and self.path is not None and facts_at(self.studio, self.path) is not None):
            if chosen:
                self.path = path_of(self.studio, chosen[-1])
            elif self.path is None or facts_at(self.studio, self.path) is None:
                self.path = self._first()
        facts = facts_at(self.studio, self.path) if self.path is not None else None
        ports = [p for p in facts.outputs if p in facts.leaving] if facts is not None else []
        if ports != [self.port.itemText(i) for i in range(self.port.count())]:
            kept = self.port.currentText()
            self.port.clear()
            self.port.addItems(ports)
            self.port.setCurrentIndex(max(self.port.findText(kept), 0))
        self.port.setVisible(len(ports) > 1)
        self.name.setText(self._title(facts))
        self.pin.setEnabled(facts is not None)
        self._aim()

    def _first(self) -> NodePath | None:
        """The first node behind the inputs whose output is a stack of maps; if there is none, the first one."""
        behind = [(path, f) for path, f in self.studio.analysis.walk() if len(path) == 1 and f.arriving and f.leaving]
        maps = [path for path, f in behind if any(len(s.shape) == 3 for s in f.leaving.values())]
        return next(iter(maps or [path for path, _ in behind]), None)

    def _title(self, facts: NodeFacts | None) -> str:
        if facts is None or self.path is None:
            return ""
        kind = facts.layer.label if facts.layer is not None else facts.node.block or facts.node.kind
        return f"{told_path(self.studio, self.path)} · {kind}"

    def _aim(self) -> None:
        """Ask for the port, while the panel is on the screen."""
        port = self.port.currentText()
        wanted = [(self.path, port)] if self.isVisible() and self.path is not None and port else []
        self.runner.watch(WHO, wanted)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.watch(WHO)

    # --- drawing -------------------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        watching, port = self.runner.watching, self.port.currentText()
        array = None if watching.seen is None or self.path is None else watching.seen.arrays.get((self.path, port))
        if array is None:
            self._say(self._why_empty())
            return
        shown = drawable(array)
        if not shown.size:
            self._say("This output is empty.")
            return
        untrained = "" if watching.trained else " · not trained yet"
        words = f"{port}{untrained}" + (f" · {watching.words}" if watching.words else "")
        self.view.set_maps(shown, step=watching.seen.step if watching.trained else None, title=words)
        self.stack.setCurrentWidget(self.view)

    def _why_empty(self) -> str:
        if self.path is None:
            return "Select a node to see what leaves it."
        if not self.port.currentText():
            return "Nothing leaves this node, or its shape is not known yet."
        if self.runner.state == "starting":
            return "The training is starting …"
        return self.runner.watching.words or "Looking …"

    def _say(self, words: str) -> None:
        self.empty.sentence.setText(words)
        self.stack.setCurrentWidget(self.empty)

    def sizeHint(self) -> QSize:
        return QSize(460, 420)


def drawable(array: Any) -> np.ndarray[Any, Any]:
    """An activation of any rank as one that can be tiled: a number as a bar, more than three axes as channels."""
    values = np.asarray(array, np.float32)
    if values.ndim == 0:
        return values.reshape(1)
    return values if values.ndim <= 3 else values.reshape(-1, *values.shape[-2:])
