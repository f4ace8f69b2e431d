"""What a node, or the whole network, costs: numbers, multiplications and memory at the recipe's batch size."""

from __future__ import annotations

from weakref import ref

from PySide6.QtCore import QTimer

from visualnet.analysis.cost.tables import network_rows, node_rows, sheet_costs, step_time_row, whole_cost
from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.sections.section import InspectorSection
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.services.measurements import machine_speed_of
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue, button
from visualnet.core.text.format import format_quantity

WAIT_MS = 80
"""While a number is dragged the sums follow when it pauses: the canvas comes first."""


class NodeCosts(InspectorSection):
    """Rows of figures, each with a tip that says what it counts. Another node's are shown at once, the same one's after an edit soon."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "What it costs")
        self.rows = KeyValue()
        self.add(self.rows)
        self._ids: list[str] = []
        self._shown: tuple[object, ...] = ()
        """Which document, sheet and nodes; the document weakly: a closed one is not kept by what was shown of it."""
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._fill)

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        self._ids = selected.ids
        shown = (ref(self.studio.document), self.studio.sheet, *self._ids)
        again, self._shown = shown == self._shown, shown
        if again and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()
            self._fill()

    def _fill(self) -> None:
        """Hidden for several nodes, and where nothing is known."""
        costs = sheet_costs(self.studio.analysis, sheet_path(self.studio)) if len(self._ids) == 1 else {}
        cost = costs.get(self._ids[0]) if costs else None
        if cost is not None:
            self.rows.show_rows(node_rows(cost, self.studio.project.recipe.batch_size))
        self.setVisible(cost is not None and bool(cost.parameters or cost.made or cost.kept))


class NetworkCosts(NodeCosts):
    """The memory of the whole network, and how long a training step takes on this machine."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.speed = machine_speed_of(studio)
        self.measure = button("Measure this machine", "quiet", "training", self.speed.measure)
        self.measure.setToolTip("Takes about a second, once; then the time of a step is forecast for every network.")
        self.measure.hide()
        self.add(self.measure)
        self.speed.changed.connect(self._fill)

    def _fill(self) -> None:
        cost = whole_cost(self.studio.analysis)
        self.set_title(f"Memory and time, {format_quantity(cost.batch, 'sample')}")
        seconds, taken, running = self.speed.step_seconds(), self.speed.taken_seconds(), self.speed.running
        optimizer = self.studio.project.recipe.optimizer
        self.rows.show_rows([*network_rows(cost, optimizer), step_time_row(seconds, taken, running)])
        self.measure.setVisible(seconds is None and not running and not self.studio.analysis.errors())
