"""Whether the selected nodes work, hand their input on, or are off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from visualnet.analysis.muting import FIXED, mode
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.segmented import Segmented
from visualnet.core import edits
from visualnet.core.graph import MODES, Node
from visualnet.layers import LAYERS

WORDS = (
    ("Active", "The node works."),
    ("Mute", "The node hands its input on unchanged, as if it were not there."),
    ("Off", "Nothing comes from the node."),
)


class ModeRow(QWidget):
    """A switch for all selected nodes; what a graph is asked and answers is always on, and has none."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.ids = studio, list[str]()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.switch = Segmented([word for word, _ in WORDS], "Mode")
        for index, (_, meaning) in enumerate(WORDS):
            self.switch.part(index).setToolTip(meaning)
        self.switch.chosen.connect(self._set)
        row.addWidget(label("mode"), 1)
        row.addWidget(self.switch)

    def show_nodes(self, ids: Sequence[str]) -> None:
        """Show what these nodes do; nothing is chosen where they differ."""
        nodes = [n for n in (self.studio.graph.nodes[i] for i in ids) if _role(n) not in FIXED]
        self.ids = [n.id for n in nodes]
        self.setVisible(bool(nodes))
        modes = {mode(n) for n in nodes}
        self.switch.set_current(MODES.index(modes.pop()) if len(modes) == 1 else -1)
        # A loss or a metric has nothing to hand on.
        self.switch.part(1).setVisible(any(not _role(n) for n in nodes))

    def _set(self, index: int) -> None:
        ids, sheet = list(self.ids), self.studio.sheet
        self.studio.do(
            ("Activate", "Mute", "Turn off")[index], lambda p: edits.set_node(p, sheet, ids, mode=MODES[index])
        )


def _role(node: Node) -> str:
    kind = LAYERS.get(node.kind)
    return kind.role if kind is not None else ""
