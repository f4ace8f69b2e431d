"""What must be true before the first step: the data's labels are classes that the network knows, and there is something to train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from visualnet.analysis import Analysis, lints
from visualnet.analysis.facts import Path
from visualnet.core.format import format_quantity
from visualnet.data.catalogue import Loaded


class Fault(NamedTuple):
    """Why a run cannot begin, and at which node."""

    words: str
    path: Path = ()
    kind: str = "data"


def faults(analysis: Analysis, data: Loaded) -> Iterator[Fault]:
    """All that keeps this network from being trained on this data."""
    for problem in analysis.errors():
        yield Fault(problem.words, problem.path, "graph")
    if analysis.errors():
        return
    if not analysis.main.sinks("loss"):
        yield Fault(
            "there is no loss, so nothing says what to learn: add one (Cross-entropy, for classes)", (), "graph"
        )
    elif analysis.main.trainable == 0:
        yield Fault("no node has weights that may change: add one, or make a frozen one trainable", (), "graph")
    yield from _labels(analysis, data)


def _labels(analysis: Analysis, data: Loaded) -> Iterator[Fault]:
    """Class numbers outside the classes end the whole program on a GPU, so they are refused beforehand."""
    for role in ("loss", "metric"):
        for facts in analysis.main.sinks(role):
            classes = lints.classes(facts)
            if classes is None:
                continue
            for target in lints.label_sources(analysis.main, facts):
                assert target.layer is not None
                name = target.layer.values()["field"]
                values = data.arrays.get(name)
                if values is None or not values.size or values.dtype.kind not in "iu":
                    continue
                low, high = int(values.min()), int(values.max())
                if low < 0 or high >= classes:
                    words = (
                        f"“{name}” of “{data.choice.name}” counts from {low} to {high}, but “{facts.node.name}” is given "
                        f"{format_quantity(classes, 'class', 'classes')} (0 to {classes - 1}): "
                        f"make the last layer {high + 1} wide"
                    )
                    yield Fault(words, (facts.node.id,))
