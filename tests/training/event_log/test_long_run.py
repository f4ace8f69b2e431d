"""A real run of 200,000 steps in a process of its own: its memory stays flat, and its log below the size that is stated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Amount
from tests.training.by_hand import EACH
from visualnet.training.event_log.thinning import largest_log
from visualnet.training.runs.run_model import read_run

MIB = 1 << 20


@pytest.mark.wide
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("followed", [False, True], ids=["alone", "followed"])
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc to look at memory")
def test_a_long_run_takes_no_more_memory_than_at_its_beginning(
    followed: bool, tmp_path: Path, amount: Amount, record_property: Any
) -> None:
    steps = amount(2_000, wide=10_000, thorough=200_000)
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.training.event_log.long_run", str(tmp_path / "run"), str(steps)]
    command += ["followed"] * followed
    told = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    assert found["reason"] == "done"
    taken = [size for _, size in found["resident"]]
    assert len(taken) == 20
    grown = max(taken) - taken[0]
    assert grown < 20 * MIB
    assert found["log"] < largest_log(steps, 2, steps // EACH)
    model = read_run(tmp_path / "run")
    assert (model.step, model.epochs_done, model.state, model.unread) == (steps, steps // EACH, "done", "")
    with_curves = ", with the curves of a window" if followed else ""
    words = f"{grown / MIB:.2f} MiB more than after a twentieth of them, log {found['log']:,} bytes"
    record_property("told", f"{steps:,} steps{with_curves}: {words}")
