"""Memory and time of an epoch, measured on a few real steps of a copy of the network."""

from __future__ import annotations

import time
from statistics import fmean

from visualnet.core.project import Project
from visualnet.data.loading import Loaded
from visualnet.training import training_lock
from visualnet.training.estimates.epoch import EpochForecast
from visualnet.training.estimates.trial import Check, Trial, open_trial
from visualnet.training.loop.metrics import NonFinite
from visualnet.training.measure.free_memory import free_memory
from visualnet.training.recipe.procedures import PROCEDURES

STEPS_S, VALIDATION_S = 0.8, 0.3
"""So long steps are measured, and validation; of what takes longer one is measured."""
WARM_UP, FEWEST, MOST = 2, 3, 200
"""Steps."""


def measure_epoch(
    project: Project, data: Loaded, check: Check = lambda _share: None, wait_s: float = 0.0
) -> EpochForecast:
    """Measure. ``check`` is called between two steps.

    Raises:
        ValueError: it cannot be measured: the run could not begin, the loss is NaN at once, something else is computed.
    """
    begin = time.perf_counter()
    with open_trial(project, data, wait_s) as trial:
        try:
            step_s, measured, memory = _measure_steps(trial, check)
            validation_s = _measure_validation(trial, check)
        except NonFinite as fault:
            raise ValueError(trial.explain(fault)) from None
        sampler, size = trial.sampler, trial.sampler.batch_size
        steps = min(sampler.size / size, sampler.steps)
        return EpochForecast(
            step_s=step_s,
            steps=sampler.steps,
            epoch_s=steps * step_s + validation_s,
            epochs=project.recipe.epochs,
            memory=memory,
            free=free_memory(trial.device),
            batch_size=size,
            device=trial.loop.place.words,
            measured=measured,
            took_s=time.perf_counter() - begin,
        )


def _measure_steps(trial: Trial, check: Check) -> tuple[float, int, int]:
    """Seconds of a step, how many were measured, and the most memory of one."""
    for number in range(WARM_UP):
        check(0.1 * number)
        before = time.perf_counter()
        trial.read(trial.step())
        if time.perf_counter() - before > STEPS_S:
            break
    before = time.perf_counter()
    memory = trial.peak(lambda: trial.read(trial.step(last=True)))
    took_s = time.perf_counter() - before
    if took_s > STEPS_S:  # so long a step is not taken again: that its memory was counted hardly slows it
        return took_s, 1, memory
    found: list[float] = []
    begin = time.perf_counter()
    while len(found) < FEWEST or (time.perf_counter() - begin < STEPS_S and len(found) < MOST):
        check(0.2 + 0.6 * min((time.perf_counter() - begin) / STEPS_S, 1.0))
        training_lock.give_way()
        before = time.perf_counter()
        trial.read(trial.step())
        found.append(time.perf_counter() - before)
    return fmean(found), len(found), memory


def _measure_validation(trial: Trial, check: Check) -> float:
    """Seconds of a whole validation: of some batches of it, or of the episodes that are played. 0 where there is none."""
    if PROCEDURES[trial.loop.recipe.procedure].plays:
        before = time.perf_counter()
        trial.loop.procedure.validate()
        return time.perf_counter() - before
    samples = trial.loop.data.validation
    if not len(samples):
        return 0.0
    chunk = _chunk(trial)
    index = trial.tensors.indices(samples[:chunk])
    found: list[float] = []
    begin = time.perf_counter()
    while not found or (time.perf_counter() - begin < VALIDATION_S and len(found) < MOST):
        check(0.8 + 0.2 * min((time.perf_counter() - begin) / VALIDATION_S, 1.0))
        training_lock.give_way()
        before = time.perf_counter()
        trial.evaluate(index)
        trial.wait()
        found.append((time.perf_counter() - before) * min(chunk / len(index), 1e9))
    return fmean(found) * len(samples) / chunk


def _chunk(trial: Trial) -> int:
    return trial.sampler.batch_size * (1 if trial.network.sums else 2)
