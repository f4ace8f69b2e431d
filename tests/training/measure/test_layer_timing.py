"""Each node's time, measured: all nodes, blocks with what is in them, and an end when nobody wants to wait."""

from __future__ import annotations

import itertools
import threading
from types import SimpleNamespace

import pytest

from visualnet.analysis import infer
from visualnet.core.errors import Cancelled
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training.measure import layer_timing as timing_module
from visualnet.training.measure.layer_timing import PASSES, WARM_UP, measure

TICK = 2.0**-20
"""A power of two, so that sums of it are exact."""


def test_every_node_takes_its_time_and_a_block_that_of_its_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a tick with each look: what is added up is known, however busy the machine is."""
    looks = itertools.count()
    monkeypatch.setattr(timing_module, "time", SimpleNamespace(perf_counter=lambda: next(looks) * TICK))
    project = project_file.load(resource("templates", "vit-small.vnet"))
    analysis = infer(project)
    told: list[float] = []
    timing = measure(project, analysis, told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) == WARM_UP + PASSES
    assert timing.batch == project.recipe.batch_size and timing.passes == PASSES
    computing = {(f.node.id,) for f in analysis.main.nodes.values() if f.layer is None or not f.layer.role}
    assert computing <= timing.seconds.keys()
    assert all(seconds >= TICK for seconds in timing.seconds.values())
    encoder = project.graph.named("encoder").id
    inside = sum(s for path, s in timing.seconds.items() if len(path) == 2 and path[0] == encoder)
    assert inside == timing.seconds[encoder,]
    dearest = max((s, path) for path, s in timing.seconds.items() if len(path) == 1)[1]
    assert dearest == (encoder,)
    assert sum(s for path, s in timing.seconds.items() if len(path) == 1) == timing.whole


def test_what_takes_too_long_ends_with_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = itertools.count()
    monkeypatch.setattr(timing_module, "time", SimpleNamespace(perf_counter=lambda: next(looks) * timing_module.MOST_S))
    project = project_file.load(resource("templates", "lenet5.vnet"))
    timing = measure(project, infer(project), lambda _share: None)
    assert timing.passes == 1 and timing.whole > 0


def test_it_ends_when_nobody_wants_to_wait() -> None:
    project = project_file.load(resource("templates", "lenet5.vnet"))
    stop = threading.Event()
    shares: list[float] = []

    def progress(share: float) -> None:
        shares.append(share)
        stop.set()

    with pytest.raises(Cancelled):
        measure(project, infer(project), progress, stop)
    assert len(shares) == 1
