"""How long each node's forward pass takes, measured on this machine: one network, one batch, again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, NamedTuple

import torch
from torch import fx

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import compile_project
from visualnet.core.errors import Cancelled
from visualnet.core.project import Project
from visualnet.layers import Spec
from visualnet.training import devices

WARM_UP = 2
PASSES = 15
MOST_S = 20.0
"""Measuring ends after this time, with what it has."""


class Timing(NamedTuple):
    """Seconds of one forward pass in training, by node path (blocks with all that is inside); the median of ``passes``."""

    seconds: Mapping[NodePath, float]
    whole: float
    """Of the whole pass, the bookkeeping between nodes left out."""
    batch: int
    device: str
    passes: int

    def on_sheet(self, path: NodePath) -> dict[str, int]:
        """Each node's time on the sheet at a path, in nanoseconds."""
        prefix = tuple(part.partition("#")[0] for part in path)
        return {
            p[-1]: round(seconds * 1e9)
            for p, seconds in self.seconds.items()
            if len(p) == len(prefix) + 1 and p[:-1] == prefix
        }


def measure(
    project: Project, analysis: Analysis, progress: Callable[[float], object], stop: threading.Event | None = None
) -> Timing:
    """Measure. ``progress`` is told the share that is done; ``stop`` ends it between two nodes.

    Raises:
        Cancelled: ``stop`` was set.
        GraphError: the graph cannot be built.
    """
    place = devices.place(project.recipe.device)
    model = compile_project(project, analysis, device=place.device, seed=project.recipe.seed)
    batch = project.recipe.batch_size
    values = {
        model.plan.fields[s.id]: _values(next(iter(s.facts.leaving.values())), batch, place.device)
        for s in model.plan.main.inputs
    }
    module = model.everything().train()
    arguments = [values.get(name) for name in model.fields]
    runs: list[dict[NodePath, float]] = []
    begin = time.perf_counter()
    for number in range(WARM_UP + PASSES):
        clock = _Clock(module, place.device, stop)
        clock.run(*arguments)
        if number >= WARM_UP:
            runs.append(clock.spent)
        progress((number + 1) / (WARM_UP + PASSES))
        if runs and time.perf_counter() - begin > MOST_S:
            break
    seconds = {path: median(run.get(path, 0.0) for run in runs) for path in runs[0]}
    whole = median(sum(s for path, s in run.items() if len(path) == 1) for run in runs)
    return Timing(seconds, whole, batch, place.words, len(runs))


def _values(spec: Spec, batch: int, device: torch.device) -> torch.Tensor:
    size = (batch, *map(int, spec.shape))
    if spec.dtype == "int":  # the one class and the one word that every layer has
        return torch.zeros(size, dtype=torch.long, device=device)
    return torch.rand(size, device=device)


class _Clock(fx.Interpreter):
    """Runs node by node and adds up what each takes, on its path and on those of the blocks around it."""

    def __init__(self, module: fx.GraphModule, device: torch.device, stop: threading.Event | None) -> None:
        super().__init__(module)
        self.spent: dict[NodePath, float] = {}
        self.waits: Callable[[], None] = torch.cuda.synchronize if device.type == "cuda" else lambda: None
        self.stop = stop

    def run_node(self, n: fx.Node) -> Any:
        if self.stop is not None and self.stop.is_set():
            raise Cancelled
        self.waits()
        begin = time.perf_counter()
        result = super().run_node(n)
        self.waits()
        took = time.perf_counter() - begin
        path: NodePath = n.meta.get("path", ())
        for depth in range(1, len(path) + 1 if n.op not in ("placeholder", "output") else 1):
            self.spent[path[:depth]] = self.spent.get(path[:depth], 0.0) + took
        return result
