"""Feature maps: what leaves any node, all channels tiled, for the chosen sample, live while it trains."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QWidget

from visualnet.analysis.facts import NodeFacts, NodePath
from visualnet.app.features.feature_maps.probe_panel import ProbePanel
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.plots.feature_maps import TilesView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import ElidedLabel, describe, icon_button
from visualnet.app.widgets.choices import fill_choices
from visualnet.app.widgets.layouts import row
from visualnet.figures.tiles import as_maps
from visualnet.training.control import ProbePort


class MapsPanel(ProbePanel):
    """Follows the selection; a pin keeps one node."""

    who, every_ms = "maps", 120

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        self.view = TilesView()
        super().__init__(studio, self.view, "feature-maps", parent)
        self.path: NodePath | None = None
        self.pin = icon_button("pin", "Keep this node", "Keep this node, whatever is selected", size=14)
        self.pin.setCheckable(True)
        self.pin.toggled.connect(lambda _: self.follow())
        self.name = ElidedLabel("")
        self.name.setProperty("role", "strong")
        self.port = describe(QComboBox(), "Output", "Which of the node's outputs")
        self.port.activated.connect(lambda _: self.request_probes())
        studio.selection_changed.connect(lambda _: self.follow())
        studio.document_changed.connect(lambda: self.pin.setChecked(False))
        self.set_head(row(self.pin, (self.name, 1), self.port, SampleChooser(studio), margins=(8, 4, 8, 2), spacing=4))

    def follow(self) -> None:
        chosen = [i for i in self.studio.selection if i in self.studio.graph.nodes]
        facts = self._facts()
        if not (self.pin.isChecked() and facts is not None):
            if chosen:
                self.path = self.path_of(chosen[-1])
            elif facts is None:
                self.path = self._first()
            facts = self._facts()
        ports = [p for p in facts.outputs if p in facts.leaving] if facts is not None else []
        kept = self.port.currentText()
        fill_choices(self.port, ports, ports.index(kept) if kept in ports else 0)
        self.port.setVisible(len(ports) > 1)
        self.name.setText(self._title(facts))
        self.pin.setEnabled(facts is not None)
        self.request_probes()

    def _facts(self) -> NodeFacts | None:
        return self.studio.analysis.find(self.path) if self.path is not None else None

    def _first(self) -> NodePath | None:
        """The first node behind the inputs whose output is a stack of maps; if there is none, the first one."""
        behind = [(path, f) for path, f in self.studio.analysis.walk() if len(path) == 1 and f.arriving and f.leaving]
        maps = [path for path, f in behind if any(len(s.shape) == 3 for s in f.leaving.values())]
        return next(iter(maps or [path for path, _ in behind]), None)

    def _title(self, facts: NodeFacts | None) -> str:
        if facts is None or self.path is None:
            return ""
        kind = facts.layer.label if facts.layer is not None else facts.node.block or facts.node.kind
        return f"{self.studio.analysis.name_of(self.path)} · {kind}"

    def target(self) -> ProbePort | None:
        port = self.port.currentText()
        return (self.path, port) if self.path is not None and port else None

    def why_no_target(self) -> str:
        if self.path is None:
            return "Select a node to see what leaves it."
        return "Nothing leaves this node, or its shape is not known yet."

    def draw_array(self, array: Any, step: int | None) -> str:
        maps, probes = as_maps(array), self.runner.probes
        if not maps.size:
            return "This output is empty."
        words = [self.port.currentText(), "" if probes.trained else "not trained yet", probes.words]
        self.view.set_maps(maps, step=step, title=" · ".join(filter(None, words)))
        return ""

    def sizeHint(self) -> QSize:
        return QSize(460, 420)
