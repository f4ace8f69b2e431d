"""What a node, or the whole network, costs: numbers, multiplications and memory at the recipe's batch size."""

from __future__ import annotations

from weakref import ref

from PySide6.QtCore import QTimer

from visualnet.analysis import Analysis
from visualnet.analysis.cost.totals import Cost, Costs, NodeCost
from visualnet.analysis.facts import NodePath
from visualnet.app.services.machine_speed import machine_speed_of
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue, button
from visualnet.app.widgets.section import Section
from visualnet.core.caches import cached
from visualnet.core.text.format import format_bytes, format_duration, format_percent, format_quantity


@cached(2)
def _costs(analysis: Analysis) -> Costs:
    return Costs(analysis)


@cached(4)
def sheet_costs(analysis: Analysis, path: NodePath) -> dict[str, NodeCost]:
    """Every node's costs on the sheet at a path; nothing where it is not reached."""
    try:
        return dict(_costs(analysis).sheet(path))
    except KeyError:
        return {}


def whole_cost(analysis: Analysis) -> Cost:
    """What the whole network costs."""
    return _costs(analysis).whole()


def instance_path(studio: Studio) -> NodePath:
    """Where the open sheet is looked at: through the instance it was opened from, else through the first one."""
    if not studio.sheet or studio.path:
        return studio.path
    return next((path for path, facts in studio.analysis.walk() if facts.node.block == studio.sheet), ())


WAIT_MS = 80
"""While a number is dragged the sums follow when it pauses: the canvas comes first."""


class CostCard(Section):
    """Rows of figures, each with a tip that says what it counts. Another node's are shown at once, the same one's after an edit soon."""

    def __init__(self, studio: Studio) -> None:
        super().__init__("What it costs")
        self.studio = studio
        self.rows = KeyValue()
        self.add(self.rows)
        self.pacing = machine_speed_of(studio)
        self.measure = button("Measure this machine", "quiet", "training", self.pacing.measure)
        self.measure.setToolTip("Takes about a second, once; then the time of a step is forecast for every network.")
        self.measure.hide()
        self.add(self.measure)
        self.pacing.changed.connect(self._fill)
        self._shown: tuple[object, ...] = ()
        """Which document, sheet and node; the document weakly: a closed one is not kept by what was shown of it."""
        self._node: str | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._fill)

    def show_node(self, node_id: str | None) -> None:
        """Show one node's costs; hide for several, or where nothing is known."""
        self._ask((ref(self.studio.document), self.studio.sheet, node_id), node_id)

    def show_whole(self) -> None:
        """Show the whole network's memory."""
        self._ask((ref(self.studio.document), None), None)

    def _ask(self, what: tuple[object, ...], node_id: str | None) -> None:
        again, self._shown, self._node = what == self._shown, what, node_id
        if again and self.isVisible():
            self._timer.start()
        else:
            self._fill()

    def _fill(self) -> None:
        self._timer.stop()
        if len(self._shown) == 2:
            self._fill_whole()
        else:
            self._fill_node(self._node)

    def _fill_node(self, node_id: str | None) -> None:
        cost = sheet_costs(self.studio.analysis, instance_path(self.studio)).get(node_id or "")
        self.setVisible(cost is not None and bool(cost.parameters or cost.made or cost.kept))
        if cost is None:
            return
        self.rows.show_rows([])
        batch = self.studio.project.recipe.batch_size
        if cost.parameters:
            self.rows.set_value("trainable", f"{cost.trainable:,}", "Numbers that training changes")
        if cost.frozen:
            self.rows.set_value("frozen", f"{cost.frozen:,}", "Learned numbers that training leaves alone")
        if cost.statistics:
            self.rows.set_value(
                "running statistics", f"{cost.statistics:,}", "Means and variances that are kept, not learned"
            )
            both = cost.parameters + cost.statistics
            self.rows.set_value(
                "with statistics", f"{both:,}", "Parameters and running statistics, as Keras counts them"
            )
        if counters := cost.buffers - cost.statistics:
            self.rows.set_value(
                "counters", f"{counters:,}", "How many batches were seen: PyTorch saves it, nobody counts it"
            )
        if cost.macs:
            self.rows.set_value("MACs a sample", f"{cost.macs:,}", "A multiplication and an addition, one forward pass")
            self.rows.set_value("FLOPs a sample", f"{cost.flops:,}", "Two for each MAC")
        if cost.made:
            self.rows.set_value("output memory", format_bytes(cost.made), f"What it gives, for {batch:,} samples")
        kept = format_bytes(cost.kept) if cost.kept else "nothing"
        self.rows.set_value("kept in training", kept, f"Held for the backward pass, for {batch:,} samples")

    def _fill_whole(self) -> None:
        cost = whole_cost(self.studio.analysis)
        batch = format_quantity(cost.batch, "sample")
        optimizer = self.studio.project.recipe.optimizer
        self.set_title(f"Memory and time, {batch}")
        self.rows.set_value("depth", f"{cost.depth:,}", "Layers that multiply by weights, on the longest way")
        for key, count, tip in (
            ("weights", cost.weights, "Weights and what is saved beside them, 4 bytes a number"),
            ("gradients", cost.gradients, "One for every trained number"),
            ("optimizer", cost.optimizer, f"What {optimizer} keeps from step to step"),
            ("activations", cost.kept, "What training keeps of the forward pass for the backward pass"),
            ("passing gradients", cost.passing, "What flows back through the largest layer"),
            ("to train", cost.training, "All of these together"),
            ("to answer", cost.inference, "Weights, and activations at the fullest moment without training"),
        ):
            self.rows.set_value(key, format_bytes(count), tip)
        self._fill_pace()

    def _fill_pace(self) -> None:
        """How long a step takes, and how long the last run's took."""
        pacing = self.pacing
        seconds, taken = pacing.step_seconds(), pacing.taken_seconds()
        if pacing.running:
            said, tip = "measuring …", "The machine is being measured; this takes about a second"
        elif seconds is None:
            said, tip = "not known yet", "Measure the machine, and the time of a step is forecast"
        elif taken is None:
            said, tip = (
                f"about {format_duration(seconds, 2)}",
                "Forecast for this device: within a factor of two as a rule",
            )
        else:
            said = f"{format_duration(seconds, 2)}, took {format_duration(taken, 2)}"
            off = format_percent(seconds / taken - 1, 0, signed=True)
            tip = f"Forecast {format_duration(seconds, 2)}; the last run took {format_duration(taken, 2)}: {off}"
        self.rows.set_value("a training step", said, tip)
        self.measure.setVisible(seconds is None and not pacing.running and not self.studio.analysis.errors())
