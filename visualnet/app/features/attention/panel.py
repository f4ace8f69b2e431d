"""Attention, head by head: of the selected attention layer, or the first one there is."""

from __future__ import annotations

from math import isqrt
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from visualnet.analysis.facts import NodeFacts, NodePath
from visualnet.app.features.feature_maps.sample_chooser import SampleChooser, image_field, path_of, told_path
from visualnet.app.plots.attention import AttentionView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState, label

WHO, PORT = "attention", "weights"
EVERY_MS = 150


def attends(facts: NodeFacts) -> bool:
    """Whether a node tells who looks at whom: an output of weights over (heads, queries, sources)."""
    spec = facts.leaving.get(PORT)
    return facts.layer is not None and spec is not None and len(spec.shape) == 3


class AttentionPanel(QWidget):
    """Follows the selection among the attention layers; blocks are looked into, each repetition by itself."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.paths: list[NodePath] = []
        self.layer = QComboBox()
        self.layer.setToolTip("Which attention layer")
        self.layer.setAccessibleName("Attention layer")
        self.layer.setMinimumWidth(120)
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.activated.connect(lambda _: self._aim())
        self.view = AttentionView()
        self.empty = EmptyState("attention", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 2)
        head.setSpacing(6)
        self.head_label = label("layer", "small")
        head.addWidget(self.head_label)
        head.addWidget(self.layer, 1)
        head.addStretch(1)
        self.chooser = SampleChooser(studio)
        head.addWidget(self.chooser)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        studio.selection_changed.connect(self._selected)
        studio.analysed.connect(lambda _: self._find())
        studio.theme_changed.connect(self.view.set_theme)
        self.runner.watched.connect(self.refresh)
        self.view.set_theme(studio.theme)
        self._find()

    @property
    def path(self) -> NodePath | None:
        """The layer that is shown."""
        index = self.layer.currentIndex()
        return self.paths[index] if 0 <= index < len(self.paths) else None

    def refresh(self) -> None:
        """Show what was seen last, when there is time."""
        self.runner.redraws.ask(WHO, self, self._draw, EVERY_MS)

    # --- which layer ---------------------------------------------------------------------------------------------------------------

    def _find(self) -> None:
        """All attention layers of the network, in the order of the drawing."""
        paths = [turn for path, facts in self.studio.analysis.walk() if attends(facts) for turn in self._turns(path)]
        names = [told_path(self.studio, path) for path in paths]
        if paths != self.paths or names != [self.layer.itemText(i) for i in range(self.layer.count())]:
            kept = self.path
            self.paths = paths
            self.layer.clear()
            self.layer.addItems(names)
            self.layer.setCurrentIndex(paths.index(kept) if kept in paths else 0 if paths else -1)
        for part in (self.layer, self.head_label, self.chooser):
            part.setVisible(bool(paths))
        self._aim()

    def _turns(self, path: NodePath) -> list[NodePath]:
        """The path once for each repetition of a block on the way."""
        found: list[NodePath] = [()]
        for at, node_id in enumerate(path):
            turns = len(self.studio.analysis.at(path[: at + 1]).inside)
            ids = [node_id, *(f"{node_id}#{turn}" for turn in range(1, turns))]
            found = [(*before, step) for before in found for step in ids][:64]
        return found

    def _selected(self, ids: Any) -> None:
        for node_id in ids:
            if node_id in self.studio.graph.nodes:
                path = path_of(self.studio, node_id)
                plain = [tuple(part.partition("#")[0] for part in p)[: len(path)] for p in self.paths]
                if path in plain:
                    self.layer.setCurrentIndex(plain.index(path))
                    self._aim()
                    return

    def _aim(self) -> None:
        path = self.path
        self.runner.watch(WHO, [(path, PORT)] if self.isVisible() and path is not None else [])
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._find()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.watch(WHO)

    # --- drawing -------------------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        watching, path = self.runner.watching, self.path
        weights = None if watching.seen is None or path is None else watching.seen.arrays.get((path, PORT))
        if weights is None or weights.ndim != 3 or not weights.size:
            self.empty.sentence.setText(self._why_empty())
            self.stack.setCurrentWidget(self.empty)
            return
        image = watching.seen.fields.get(image_field(self.studio) or "")
        grid, extra = patches(weights.shape[2]) if image is not None else (None, 0)
        step = watching.seen.step if watching.trained else None
        self.view.set_attention(weights, image=image if grid else None, grid=grid, extra_tokens=extra, step=step)
        self.stack.setCurrentWidget(self.view)

    def _why_empty(self) -> str:
        if self.path is None:
            return "This network has no attention layer. The template “vit-small” has some."
        if self.runner.state == "starting":
            return "The training is starting …"
        return self.runner.watching.words or "Looking …"

    def sizeHint(self) -> QSize:
        return QSize(520, 420)


def patches(length: int) -> tuple[tuple[int, int] | None, int]:
    """The square grid of patches that a sequence of this length may be, and how many tokens come before it (a class token)."""
    for extra in (0, 1):
        side = isqrt(max(length - extra, 0))
        if side > 1 and side * side == length - extra:
            return (side, side), extra
    return None, 0
