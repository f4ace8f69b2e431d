"""Attention, head by head: of the selected attention layer, or the first one there is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QWidget

from visualnet.analysis.facts import plain_path
from visualnet.app.features.attention.attention_observation import AttentionObservation
from visualnet.app.features.feature_maps.probe_panel import ProbePanel
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.choices import fill_choices
from visualnet.app.widgets.layouts import STRETCH, row
from visualnet.training.observations.attention.declare import NO_ATTENTION, AttentionWeights
from visualnet.training.observations.attention.places import attention_name, attention_subjects
from visualnet.training.observations.observation import ObservationRequest, Subject


class AttentionPanel(ProbePanel):
    """Follows the selection among the attention layers; blocks are looked into, each repetition by itself."""

    who = "attention"

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        self.view = AttentionObservation(studio)
        super().__init__(studio, self.view, "attention", parent)
        self.subjects: list[Subject] = []
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
        self.subjects = attention_subjects(analysis)
        current = self.subjects.index(kept) if kept is not None and kept in self.subjects else 0
        fill_choices(self.layer, [attention_name(analysis, subject) for subject in self.subjects], current)
        for part in (self.layer, self.head_label, self.chooser):
            part.setVisible(bool(self.subjects))
        self.request_probes()

    def _selected(self, ids: Any) -> None:
        for node_id in ids:
            if node_id in self.studio.graph.nodes:
                path = self.path_of(node_id)
                plain = [plain_path(p)[: len(path)] for p, _ in self.subjects]
                if path in plain:
                    self.layer.setCurrentIndex(plain.index(path))
                    self.request_probes()
                    return

    def target(self) -> Subject | None:
        index = self.layer.currentIndex()
        return self.subjects[index] if 0 <= index < len(self.subjects) else None

    @property
    def request(self) -> ObservationRequest | None:
        """What is asked for."""
        target = self.target()
        return ObservationRequest(AttentionWeights.name, target) if target is not None else None

    def request_probes(self) -> None:
        request = self.request if self.isVisible() else None
        self.runner.probes.set_request(self.who, observations=() if request is None else (request,))
        self.draw()

    def draw(self) -> None:
        probes, request = self.runner.probes, self.request
        seen = probes.observed.last(request) if request is not None else None
        if request is None or seen is None:
            words = (probes.observed.words(request) if request is not None else "") or self.why_empty()
        else:
            step, result = seen
            words = ""
            self.view.step = step if probes.trained and step else None
            self.view.show_result(AttentionWeights(), request.subject, result, (seen,))
        self.empty.sentence.setText(words)
        self.stack.setCurrentWidget(self.empty if words else self.view)

    def why_no_target(self) -> str:
        return NO_ATTENTION

    def sizeHint(self) -> QSize:
        return QSize(520, 420)
