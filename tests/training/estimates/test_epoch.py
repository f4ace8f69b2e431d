"""Memory and time of an epoch, measured beforehand; and what is said where training does not fit into memory."""

from __future__ import annotations

import pytest
import torch

from tests.training.estimates.test_rate_test import points
from tests.training.nets import Row, chain, lenet
from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.training import console, training_lock
from visualnet.training.console import TrainOptions, train
from visualnet.training.estimates import epoch_test
from visualnet.training.estimates.epoch import error_words, measured_of
from visualnet.training.estimates.epoch_test import measure_epoch
from visualnet.training.estimates.memory_check import find_memory_fault
from visualnet.training.estimates.trial import Trial
from visualnet.training.measure import free_memory


class Clock:
    """Time that passes only where the test says so."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A step takes 20 ms, a batch of validation 5 ms."""
    made = Clock()
    monkeypatch.setattr(epoch_test, "time", made)
    step, evaluate = Trial.step, Trial.evaluate

    def slow_step(self: Trial, *args: object, **options: object) -> torch.Tensor:
        made.now += 0.02
        return step(self, *args, **options)  # type: ignore[arg-type]

    def slow_evaluate(self: Trial, index: torch.Tensor) -> None:
        made.now += 0.005
        evaluate(self, index)

    monkeypatch.setattr(Trial, "step", slow_step)
    monkeypatch.setattr(Trial, "evaluate", slow_evaluate)
    return made


def test_an_epoch_is_its_steps_and_its_validation(clock: Clock) -> None:
    project = points(batch_size=16, epochs=7)
    before, state = project_file.dumps(project), torch.get_rng_state()
    found = measure_epoch(project, load(project.data))
    assert found.step_s == pytest.approx(0.02) and found.steps == 10
    assert found.epoch_s == pytest.approx(10 * 0.02 + 40 / 32 * 0.005)
    assert found.run_s == pytest.approx(7 * found.epoch_s) and found.epochs == 7
    assert found.took_s < 1.5, "what it costs is bounded"
    assert "measured on 40 real steps" in found.source or "measured on 41 real steps" in found.source
    assert project_file.dumps(project) == before and torch.equal(torch.get_rng_state(), state)


def test_of_long_steps_few_are_taken(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    project = points(batch_size=16)
    monkeypatch.setattr(epoch_test, "STEPS_S", 0.01)
    monkeypatch.setattr(epoch_test, "VALIDATION_S", 0.001)
    found = measure_epoch(project, load(project.data))
    assert clock.now == pytest.approx(2 * 0.02 + 0.005), "one to warm up, one measured, one batch of validation"
    assert found.measured == 1 and found.step_s == pytest.approx(0.02)


def test_memory_is_counted_and_nothing_is_measured_beside_a_run() -> None:
    project = lenet()
    data = load(project.data)
    found = measure_epoch(project, data)
    assert found.memory == pytest.approx(Costs(infer(project)).whole().training, rel=0.35) and found.free > found.memory
    with training_lock.training(), pytest.raises(training_lock.Busy):
        measure_epoch(project, data)


def test_what_a_forecast_holds_for() -> None:
    project = points(batch_size=16, epochs=3)
    assert measured_of(edits.set_recipe(project, epochs=9, lr=0.5)) == measured_of(project)
    others = ({"batch_size": 8}, {"device": "cuda"}, {"optimizer": "Adam"}, {"options": {"accumulate": 2}})
    assert all(measured_of(edits.set_recipe(project, **other)) != measured_of(project) for other in others)
    assert measured_of(edits.set_data(project, seed=3)) != measured_of(project)
    assert error_words(1.5, 0.512) == "0.51 s; 1.5 s were forecast", "no per cent, and one unit for both"
    assert error_words(0.004, 75.0) == "1 min 15 s; 4 ms were forecast"


def test_what_does_not_fit_is_refused_with_repairs_that_fit() -> None:
    analysis = infer(edits.set_recipe(lenet(), batch_size=256, options={"accumulate": 2}))
    whole = Costs(analysis).whole().training
    assert find_memory_fault(analysis, whole) is None
    assert find_memory_fault(analysis, round(whole / 1.2)) is None, "a formula can be too high: in doubt it may run"
    assert find_memory_fault(analysis, round(whole / 1.2), measured=whole) is not None, "what was measured counts"
    assert find_memory_fault(analysis, round(whole / 1.5), measured=whole // 2) is None
    fault = find_memory_fault(analysis, whole // 3)
    assert fault is not None and "by formula" in fault.words
    smaller, gathered = fault.repairs
    for repair in (smaller, gathered):
        project = repair.apply(analysis.project)
        assert Costs(infer(project)).whole().training < whole // 3 and project.recipe.batch_size == smaller.batch_size
    recipe = gathered.apply(analysis.project).recipe
    assert recipe.batch_size * recipe.options["accumulate"] == 512, "the same effective batch"
    assert smaller.apply(analysis.project).recipe.options == {"accumulate": 2}
    # A batch is never larger than the training set.
    large = infer(edits.set_recipe(lenet(), batch_size=1_000_000))
    assert find_memory_fault(large, 8 * whole) is not None and find_memory_fault(large, 8 * whole, samples=300) is None
    fault = find_memory_fault(large, whole // 3, samples=256)
    assert fault is not None and fault.repairs[0].batch_size == smaller.batch_size
    # Where a step needs a little more than is free, it fits in numbers of 16 bits too, with the same batch.
    tight = find_memory_fault(analysis, round(0.9 * whole), measured=whole, precision="fp16")
    assert tight is not None and "So does mixed precision." in tight.words
    *_, mixed = tight.repairs
    assert mixed.words == "Mixed precision (fp16)"
    project = mixed.apply(analysis.project)
    assert project.recipe.options == {"accumulate": 2, "precision": "fp16"} and project.recipe.batch_size == 256
    assert Costs(infer(project)).whole().training < 0.7 * whole
    assert find_memory_fault(infer(project), 1000, precision="fp16") is not None
    hopeless = find_memory_fault(analysis, 1000)
    assert hopeless is not None and not hopeless.repairs and "make the network smaller" in hopeless.words


def test_one_sample_that_does_not_fit_may_fit_in_mixed_precision() -> None:
    rows: list[Row] = [("conv2d", {"out_channels": 8}), ("relu", {})] * 3
    rows += [("adaptive_avg_pool2d", {}), ("flatten", {}), ("linear", {"out_features": 10})]
    like = lenet(batch_size=1)
    project = chain(rows, like.data, like.recipe, ("input", {}), ("target", {}), "cross_entropy")
    need = Costs(infer(project)).whole().training
    fault = find_memory_fault(infer(project), round(0.9 * need), measured=need)
    assert fault is not None and [repair.words for repair in fault.repairs] == ["Mixed precision (bf16)"]
    assert "about half of what a step keeps" in fault.words


def test_the_command_line_refuses_it_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    project = lenet()
    free = Costs(infer(project)).whole().training // 2
    monkeypatch.setattr(free_memory, "free_memory", lambda device: free)
    assert train(project, TrainOptions(device="cpu")) == console.USE
    assert "does not fit" in (said := capsys.readouterr().err) and "Try --batch-size 16." in said
