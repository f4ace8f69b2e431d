"""The largest batch: found within bounds of memory and time, by out-of-memory where that is caught; nothing else is left changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.training.estimates.test_rate_test import points
from tests.training.nets import lenet
from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.core.process.machine_memory import machine_memory
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.training import training_lock
from visualnet.training.estimates import batch_size
from visualnet.training.estimates.batch_size import find_largest_batch
from visualnet.training.estimates.sizes import as_json, table_rows
from visualnet.training.estimates.trial import Trial, open_trial
from visualnet.training.loop.procedures.procedure import DrawnBatch
from visualnet.training.measure.free_memory import free_memory
from visualnet.training.measure.step_peak import measure_peak


def test_all_samples_are_the_limit_and_nothing_is_left() -> None:
    project = points(batch_size=16)
    before, state = project_file.dumps(project), torch.get_rng_state()
    found = find_largest_batch(project, load(project.data))
    assert [size.batch for size in found.sizes] == [16, 32, 64, 128, 160] and found.largest.batch == 160
    assert "all 160 training samples" in found.why
    assert as_json(found)["largest"] == 160 and table_rows(found)[-1][0] == "160"
    assert project_file.dumps(project) == before and torch.equal(torch.get_rng_state(), state)


def test_on_the_cpu_no_step_is_taken_that_may_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what is free is the bound: what lies beyond is never tried, and what was found comes near it."""
    project = lenet()
    allowed = Costs(infer(project), 300).whole().training
    monkeypatch.setattr(batch_size, "free_memory", lambda device: 2 * allowed)
    found = find_largest_batch(project, load(project.data))
    assert max(size.memory for size in found.sizes) <= allowed
    assert 0.7 * allowed < found.largest.memory and "more than half of" in found.why
    assert found.largest.batch not in (64, 128, 256, 512), "between two doublings"


def test_a_step_that_runs_out_of_memory_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    project, real, tried = points(batch_size=64), Trial.step, []

    def step(self: Trial, drawn: DrawnBatch | None = None, last: bool = False) -> torch.Tensor:
        assert drawn is not None
        tried.append(len(drawn.samples))
        if len(drawn.samples) > 100:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(self, drawn, last)

    monkeypatch.setattr(Trial, "step", step)
    found = find_largest_batch(project, load(project.data))
    assert 88 < found.largest.batch <= 100 and "out of memory" in found.why and 128 in tried
    tried.clear()
    large = points(batch_size=160)
    assert find_largest_batch(large, load(large.data)).largest.batch in range(88, 101), (
        "what the recipe asks for is too large"
    )
    assert tried[0] == 160 and tried[1] == 80


def test_not_even_one_sample_and_too_slow_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    project = points(batch_size=8)
    data = load(project.data)
    monkeypatch.setattr(batch_size, "free_memory", lambda device: 10)
    with pytest.raises(ValueError, match=r"not even one sample fits.*Make the network smaller"):
        find_largest_batch(project, data)
    monkeypatch.undo()
    monkeypatch.setattr(batch_size, "MOST_STEP_S", 1e-9)
    slow = find_largest_batch(project, data)
    assert slow.largest.batch == 8 and "were not tried: a step with 16 samples" in slow.why
    with training_lock.training(), pytest.raises(training_lock.Busy):
        find_largest_batch(project, data)


def test_the_measured_peak_is_what_tensors_take() -> None:
    before = torch.zeros(1000)

    def work() -> None:
        first = before + 1  # 4,000 bytes
        second = torch.cat([first, first])  # 8,000 more
        del first
        second.add_(1).view(2, 1000).t()  # nothing more
        torch.zeros(500)  # 2,000, beside 8,000

    assert measure_peak(work, [before, before.view(10, 100)]) == 4000 + 12_000
    with open_trial(lenet(), load(lenet().data)) as trial:
        trial.step()
        forecast = Costs(trial.network.analysis, 64).whole().training
        assert trial.peak(trial.step) == pytest.approx(forecast, rel=0.35)


def test_free_memory_heeds_the_bounds_of_a_container(tmp_path: Path) -> None:
    assert 1 << 20 < free_memory() < 1 << 50
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 8000 kB\nMemAvailable:    5000 kB\n")
    assert machine_memory(meminfo, tmp_path) == 5000 * 1024
    for name, text in (("max", "3000000"), ("current", "2500000"), ("stat", "file 9\ninactive_file 400000\n")):
        (tmp_path / f"memory.{name}").write_text(text)
    assert machine_memory(meminfo, tmp_path) == 900_000
    (tmp_path / "memory.max").write_text("max\n")
    assert machine_memory(meminfo, tmp_path) == 5000 * 1024
    assert machine_memory(tmp_path / "none", tmp_path) > 1 << 20
