"""What the inspector draws of the selected layer, and what its places see of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visualnet.analysis import NodeFacts
from visualnet.analysis.explain import Why
from visualnet.analysis.receptive_field import Field, receptive
from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.diagrams.receptive_field import FieldDrawing
from visualnet.app.features.inspector.explanation_dialog import ExplainView
from visualnet.app.plots.colours import ink_of
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.section import Section
from visualnet.figures.colour_indices import levels


class FormulaView(QWidget):
    """Two drawings that fold: the layer, and its receptive field. Each is there only where there is something to draw."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.facts: NodeFacts | None = None
        self.layer, self.field = LayerDrawing(), FieldDrawing()
        self.layer_part, self.field_part = Section("How it computes"), Section("What it sees")
        self.layer_part.add(self.layer)
        self.field_part.add(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.layer_part)
        column.addWidget(self.field_part)
        self.show_facts(None)
        studio.theme_changed.connect(lambda _: self.show_facts(self.facts))
        if studio.has_runner:
            watching = studio.runner.watching
            # The sample is read in the background, may be another data set's, and is chosen in several places.
            watching.data_changed.connect(self._show_field)
            watching.sample_changed.connect(lambda _: self._show_field())

    def show_facts(self, facts: NodeFacts | None) -> None:
        """Draw what is known of a node; None draws nothing."""
        self.facts = facts
        drawing = None
        if facts is not None and facts.layer is not None and facts.known:
            drawing = facts.layer.drawing(*facts.shapes)  # type: ignore[arg-type]
        self.layer.show_drawing(drawing)
        self.layer_part.setVisible(drawing is not None)
        self._show_field()
        self.setVisible(drawing is not None or not self.field_part.isHidden())

    def _show_field(self) -> None:
        found = self._seen(self.facts)
        self.field.show_field(found, self._sample(found) if found is not None else None)
        self.field_part.setVisible(found is not None)

    def enlarge(self, whys: Sequence[Why]) -> None:
        """The formulas and the drawing as large as the window."""
        if self.facts is None:
            return
        facts = self.facts
        kind = facts.layer.label if facts.layer is not None else facts.node.block or facts.node.kind
        view = ExplainView(self.studio, self.window())
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        view.explain(f"{facts.node.name} · {kind}", whys, self.layer.drawing)
        view.open()

    def _seen(self, facts: NodeFacts | None) -> Field | None:
        """The field of the first input; an input itself is not told what it sees."""
        if facts is None or (facts.layer is not None and facts.layer.role == "input"):
            return None
        fields = receptive(self.studio.analysis, (*sheet_path(self.studio), facts.node.id))
        return next((f for f in fields if 1 <= len(f.extents) <= 2), None)

    def _sample(self, field: Field) -> QImage | None:
        """The sample that all panels look at, if the data has been read."""
        watching = self.studio.runner.watching if self.studio.has_runner else None
        place = watching.place(watching.sample) if watching is not None else None
        if watching is None or place is None:
            return None
        node = next((n for n in self.studio.project.graph if n.name == field.input), None)
        facts = self.studio.analysis.main.nodes.get(node.id) if node is not None else None
        name = facts.layer.values().get("field") if facts is not None and facts.layer is not None else None
        array = watching.data.arrays.get(name)
        return (
            _image(array[place], self.studio.theme)
            if array is not None and tuple(array.shape[2:]) == field.extents
            else None
        )


def _image(cells: Any, theme: Any) -> QImage:
    """A sample (C H W, or C L) as a picture: three channels as colours, one as amounts."""
    cells = np.asarray(cells, np.float32)
    cells = cells.reshape(len(cells), 1, -1) if cells.ndim == 2 else cells
    low, high = float(cells.min()), float(cells.max())
    shade = levels(cells, low, high if high > low else low + 1.0)
    if len(cells) == 3:
        pixels = np.ascontiguousarray(
            (shade.astype(np.float32) * (255 / 250)).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
        )
    else:
        pixels = np.ascontiguousarray(np.asarray(ink_of(theme).amounts)[shade[0].astype(np.intp) * 255 // 250])
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
