"""Whether the selected nodes work, hand their input on, or are off."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.analysis.inference.muting import FIXED, mode
from visualnet.analysis.selected import SelectedNodes
from visualnet.app.features.inspector.sections.section import set_nodes
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import row
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.graph import MODES, Node
from visualnet.layers import LAYERS

CHOICES = (
    ("Active", "Activate", "The node works."),
    ("Mute", "Mute", "The node hands its input on unchanged, as if it were not there."),
    ("Off", "Turn off", "Nothing comes from the node."),
)
"""For each of ``MODES`` its word, the name of the undo step, and what it means."""


class ModeRow(QWidget):
    """A switch for all selected nodes; what a graph is asked and answers is always on, and has none."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.ids: list[str] = []
        self.switch = Segmented([word for word, _, _ in CHOICES], "Mode")
        for index, (_, _, meaning) in enumerate(CHOICES):
            self.switch.part(index).setToolTip(meaning)
        self.switch.chosen.connect(lambda at: set_nodes(studio, self.ids, CHOICES[at][1], mode=MODES[at]))
        row((label("Mode"), 1), self.switch, parent=self)

    def refresh(self, selected: SelectedNodes) -> None:
        """Show what these nodes do; nothing is chosen where they differ."""
        nodes = [n for n in selected.nodes if _role(n) not in FIXED]
        self.ids = [n.id for n in nodes]
        self.setVisible(bool(nodes))
        modes = {mode(n) for n in nodes}
        self.switch.set_current(MODES.index(modes.pop()) if len(modes) == 1 else -1)
        # A loss or a metric has nothing to hand on.
        self.switch.part(1).setVisible(any(not _role(n) for n in nodes))


def _role(node: Node) -> str:
    kind = LAYERS.get(node.kind)
    return kind.role if kind is not None else ""
