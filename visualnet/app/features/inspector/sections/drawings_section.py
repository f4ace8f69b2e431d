"""What the inspector draws of the selected layer, and what its places see of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from visualnet.analysis import NodeFacts
from visualnet.analysis.explain import NumberExplanation
from visualnet.analysis.receptive_field import AxisField, receptive
from visualnet.analysis.selected import SelectedNodes
from visualnet.app.diagrams.layer_drawing import LayerDrawing
from visualnet.app.diagrams.receptive_field import FieldDrawing
from visualnet.app.features.inspector.explanation_dialog import ExplanationDialog
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.section import Section
from visualnet.figures.colours.indices import levels
from visualnet.figures.colours.maps import SEQUENTIAL


class DrawingsSection(QWidget):
    """Two drawings that collapse: the layer, and its receptive field. Each is there only where there is something to draw."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.facts: NodeFacts | None = None
        self.layer, self.field = LayerDrawing(), FieldDrawing()
        self.layer_part, self.field_part = Section("How it computes"), Section("What it sees")
        self.layer_part.add(self.layer)
        self.field_part.add(self.field)
        column(self.layer_part, self.field_part, spacing=8, parent=self)
        self.show_facts(None)
        studio.theme_changed.connect(lambda _: self.show_facts(self.facts))
        if studio.has_runner:
            # The sample is read in the background, may be another data set's, and is chosen in several places.
            probes: Any = studio.runner.probes
            probes.data_changed.connect(self._show_field)
            probes.sample_changed.connect(lambda _: self._show_field())

    def refresh(self, selected: SelectedNodes) -> None:
        """Draw the selected node, if it is one."""
        self.show_facts(selected.facts)

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

    def enlarge(self, whys: Sequence[NumberExplanation]) -> None:
        """The formulas and the drawing as large as the window."""
        if (facts := self.facts) is None:
            return
        kind = facts.layer.label if facts.layer is not None else facts.node.block or facts.node.kind
        dialog = ExplanationDialog(self.studio, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.explain(f"{facts.node.name} · {kind}", whys, self.layer.drawing)
        dialog.open()

    def _show_field(self) -> None:
        field = self._field()
        self.field.show_field(field, self._sample(field) if field is not None else None)
        self.field_part.setVisible(field is not None)

    def _field(self) -> AxisField | None:
        """The field of the first input; an input itself is not told what it sees."""
        facts = self.facts
        if facts is None or (facts.layer is not None and facts.layer.role == "input"):
            return None
        fields = receptive(self.studio.analysis, (*sheet_path(self.studio), facts.node.id))
        return next((f for f in fields if 1 <= len(f.extents) <= 2), None)

    def _sample(self, field: AxisField) -> QImage | None:
        """The sample that all panels look at, if the data has been read."""
        probes = self.studio.runner.probes if self.studio.has_runner else None
        place = probes.place(probes.sample) if probes is not None else None
        if probes is None or probes.data is None or place is None:
            return None
        node = next((n for n in self.studio.project.graph if n.name == field.input), None)
        facts = self.studio.analysis.main.nodes.get(node.id) if node is not None else None
        name = facts.layer.values().get("field") if facts is not None and facts.layer is not None else None
        spec = probes.data.fields.get(name) if name else None
        if name is None or spec is None or tuple(spec.shape[1:]) != field.extents:
            return None
        own = probes.own.fields.get(name) if probes.own is not None else None
        return _image(probes.data.sample(place, (name,))[name] if own is None else own)


def _image(cells: Any) -> QImage:
    """A sample (C H W, or C L) as a picture: three channels as colours, one as amounts."""
    cells = np.asarray(cells, np.float32)
    cells = cells.reshape(len(cells), 1, -1) if cells.ndim == 2 else cells
    low, high = float(cells.min()), float(cells.max())
    shade = np.minimum(levels(cells, low, high if high > low else low + 1.0).astype(np.intp) * 255 // 250, 255)
    pixels = shade.transpose(1, 2, 0).astype(np.uint8) if len(cells) == 3 else SEQUENTIAL[shade[0]]
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
