"""Looking again and again leaves nothing behind."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.contract.observed_networks import observed
from visualnet.training.control import ProbeRequest
from visualnet.training.observations.observation import ObservationRequest, find_observations
from visualnet.training.probes import Probe

LOOKS, WARM = 10_000, 500
MOST_GROWTH = 10 << 20
QUICK = ("values", "feature_maps", "filters", "card_weights", "predictions")


def resident_bytes() -> int:
    """How much memory the process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.wide
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no such file here")
def test_ten_thousand_observations_leave_no_memory_behind() -> None:
    found = observed("convolutional")
    kinds = find_observations()
    requests = tuple(ObservationRequest(name, kinds[name].subjects(found.analysis)[0]) for name in QUICK)
    probe = Probe(found.model, found.data, found.tensors)
    seen = 0
    while seen < WARM:
        seen += len(probe.look(ProbeRequest(sample=seen % 7, budget=1.0, observations=requests), seen).observed)
    gc.collect()
    before = resident_bytes()
    while seen < LOOKS:
        seen += len(probe.look(ProbeRequest(sample=seen % 7, budget=1.0, observations=requests), seen).observed)
    gc.collect()
    assert resident_bytes() - before < MOST_GROWTH
