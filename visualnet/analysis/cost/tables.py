"""What a node or the whole network costs, as rows of a table: a name, a figure, and what the figure counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visualnet.analysis.cost.totals import Cost, Costs, NodeCost
from visualnet.analysis.facts import Analysis, GraphFacts, NodePath
from visualnet.core.caches import cached
from visualnet.core.text.format import format_bytes, format_duration, format_percent

Row = tuple[str, str, str]


@cached(2)
def _costs(analysis: Analysis) -> Costs:
    return Costs(analysis)


@cached(4)
def sheet_costs(analysis: Analysis, path: NodePath) -> Mapping[str, NodeCost]:
    """Every node's costs on the sheet at a path; nothing where it is not reached."""
    try:
        return dict(_costs(analysis).sheet(path))
    except KeyError:
        return {}


def whole_cost(analysis: Analysis) -> Cost:
    """What the whole network costs."""
    return _costs(analysis).whole()


def node_rows(cost: NodeCost, batch: int) -> Iterator[Row]:
    """What a node costs at a batch size; what it has nothing of is left out."""
    both, counters = cost.parameters + cost.statistics, cost.buffers - cost.statistics
    for name, count, tip in (
        ("Trainable", cost.trainable if cost.parameters else None, "Numbers that training changes"),
        ("Frozen", cost.frozen or None, "Learned numbers that training leaves alone"),
        ("Running statistics", cost.statistics or None, "Means and variances that are kept, not learned"),
        (
            "With statistics",
            both if cost.statistics else None,
            "Parameters and running statistics, as Keras counts them",
        ),
        ("Counters", counters or None, "How many batches were seen: PyTorch saves it, nobody counts it"),
        ("MACs per sample", cost.macs or None, "A multiplication and an addition, one forward pass"),
        ("FLOPs per sample", cost.flops or None, "Two for each MAC"),
    ):
        if count is not None:
            yield name, f"{count:,}", tip
    if cost.made:
        yield "Output", format_bytes(cost.made), f"What it gives, for {batch:,} samples"
    kept = format_bytes(cost.kept) if cost.kept else "nothing"
    yield "Kept for backward", kept, f"Held for the backward pass, for {batch:,} samples"


def network_rows(cost: Cost, optimizer: str) -> Iterator[Row]:
    """The depth of a network and the memory that it takes."""
    yield "Depth", f"{cost.depth:,}", "Layers that multiply by weights, on the longest way"
    for name, count, tip in (
        ("Weights", cost.weights, "Weights and what is saved beside them, 4 bytes a number"),
        ("Gradients", cost.gradients, "One for every trained number"),
        ("Optimizer", cost.optimizer, f"What {optimizer} keeps from step to step"),
        ("Activations", cost.kept, "What training keeps of the forward pass for the backward pass"),
        ("Gradients in passing", cost.passing, "What flows back through the largest layer"),
        ("In training, in all", cost.training, "All of these together"),
        ("In use, at most", cost.inference, "Weights, and activations at the fullest moment without training"),
    ):
        yield name, format_bytes(count), tip


def step_time_row(seconds: float | None, taken: float | None, measuring: bool) -> Row:
    """How long a training step takes as forecast (None while the machine is not measured), and how long the last run's took."""
    if measuring:
        text, tip = "measuring …", "The machine is being measured; this takes about a second"
    elif seconds is None:
        text, tip = "not known yet", "Measure the machine, and the time of a step is forecast"
    elif taken is None:
        text = f"about {format_duration(seconds, 2)}"
        tip = "Forecast for this device: within a factor of two as a rule"
    else:
        forecast, took = format_duration(seconds, 2), format_duration(taken, 2)
        text = f"{forecast}, took {took}"
        tip = f"Forecast {forecast}; the last run took {took}: {format_percent(seconds / taken - 1, 0, signed=True)}"
    return "Training step", text, tip


def total_rows(facts: GraphFacts) -> Iterator[Row]:
    """How large a sheet is."""
    yield "Nodes", f"{len(facts.graph.nodes):,}", ""
    yield "Parameters", f"{facts.parameters:,}", ""
    yield "Trainable", f"{facts.trainable:,}", ""
    yield "MACs per sample", f"{facts.macs:,}", "Multiply–accumulate operations of one forward pass"


def statistics_rows(facts: GraphFacts) -> Iterator[Row]:
    """The counts with running statistics, as Keras and courses have them; none where there are none."""
    if facts.statistics:
        kept = "Means and variances that normalizations keep and do not learn; counters of batches are left out"
        yield "Running statistics", f"{facts.statistics:,}", kept
        both = "Parameters and running statistics, as Keras and many a course count them"
        yield "With statistics", f"{facts.counted:,}", both
        yield "Not trainable", f"{facts.counted - facts.trainable:,}", "What training leaves alone"
