"""Attention, head by head: of the selected attention layer, or the first one there is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QWidget

from visualnet.analysis.facts import NodeFacts, NodePath, plain_path
from visualnet.app.features.feature_maps.probe_panel import ProbePanel, fill_choices
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.plots.attention import AttentionView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, row
from visualnet.data.registry import image_field
from visualnet.figures.attention import square_patches
from visualnet.training.control import ProbePort

PORT = "weights"
MOST_REPETITIONS = 64


def has_attention(facts: NodeFacts) -> bool:
    """Whether a node tells who looks at whom: an output of weights over (heads, queries, sources)."""
    spec = facts.leaving.get(PORT)
    return facts.layer is not None and spec is not None and len(spec.shape) == 3


class AttentionPanel(ProbePanel):
    """Follows the selection among the attention layers; blocks are looked into, each repetition by itself."""

    who = "attention"

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        self.view = AttentionView()
        super().__init__(studio, self.view, "attention", parent)
        self.paths: list[NodePath] = []
        self.layer = describe(QComboBox(), "Attention layer", "Which attention layer")
        self.layer.setMinimumWidth(120)
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.activated.connect(lambda _: self.request_probes())
        self.head_label, self.chooser = label("Layer", "small"), SampleChooser(studio)
        studio.selection_changed.connect(self._selected)
        self.set_head(row(self.head_label, (self.layer, 1), STRETCH, self.chooser, margins=(12, 4, 8, 2), spacing=6))

    def follow(self) -> None:
        """All attention layers of the network, in the order of the drawing."""
        analysis, kept = self.studio.analysis, self.target()
        found = [path for path, facts in analysis.walk() if has_attention(facts)]
        self.paths = [each for path in found for each in analysis.repetitions(path, MOST_REPETITIONS)]
        current = self.paths.index(kept[0]) if kept is not None and kept[0] in self.paths else 0
        fill_choices(self.layer, [analysis.name_of(path) for path in self.paths], current)
        for part in (self.layer, self.head_label, self.chooser):
            part.setVisible(bool(self.paths))
        self.request_probes()

    def _selected(self, ids: Any) -> None:
        for node_id in ids:
            if node_id in self.studio.graph.nodes:
                path = self.path_of(node_id)
                plain = [plain_path(p)[: len(path)] for p in self.paths]
                if path in plain:
                    self.layer.setCurrentIndex(plain.index(path))
                    self.request_probes()
                    return

    def target(self) -> ProbePort | None:
        index = self.layer.currentIndex()
        return (self.paths[index], PORT) if 0 <= index < len(self.paths) else None

    def why_no_target(self) -> str:
        return "This network has no attention layer. The template “vit-small” has some."

    def draw_array(self, array: Any, step: int | None) -> str:
        seen = self.runner.probes.seen
        if seen is None or array.ndim != 3 or not array.size:
            return self.why_empty()
        image = seen.fields.get(image_field(self.studio.project.data, self.studio.fields) or "")
        grid, extra = square_patches(array.shape[2]) if image is not None else (None, 0)
        self.view.set_attention(array, image=image if grid else None, grid=grid, extra_tokens=extra, step=step)
        return ""

    def sizeHint(self) -> QSize:
        return QSize(520, 420)
