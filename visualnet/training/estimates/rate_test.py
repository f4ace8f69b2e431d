"""The learning-rate range test: real steps on a copy of the network, while the rate rises."""

from __future__ import annotations

from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity
from visualnet.data.loading import Loaded
from visualnet.training import training_lock
from visualnet.training.estimates.rate_curve import (
    HIGHEST,
    LOWEST,
    STEPS,
    DivergenceWatch,
    RateCurve,
    rising_rates,
)
from visualnet.training.estimates.trial import Check, Trial, open_trial, without_schedule
from visualnet.training.loop.metrics import NonFinite


def run_rate_test(
    project: Project,
    data: Loaded,
    check: Check = lambda _share: None,
    *,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
    steps: int = STEPS,
) -> RateCurve:
    """Train a copy of the network on the run's batches, optimizer and guards, each step with a higher rate, until it diverges.

    Raises:
        ValueError: it cannot be tested, and why: the run could not begin, there is one batch only, the loss is NaN at once.
    """
    rates = rising_rates(lowest, highest, steps)
    recipe = project.recipe
    if len(recipe.learners) > 1:
        words = f"{len(recipe.learners)} learners work against or beside each other here, and a rate is found for one"
        raise ValueError(f"{words}: look at the loss of each while it trains, or test a drawing with one of them")
    with open_trial(without_schedule(project, rates[0]), data) as trial:
        _check_batches(trial)
        losses, ended = _raise_rate(trial, rates, check)
        if len(losses) < 3 and ended != "highest":
            raise ValueError(
                f"the loss diverges within {format_quantity(len(losses) + 1, 'step')} at a rate of {rates[0]:.2g} already: "
                "begin with a lower rate, or look at the network and its data"
            )
        tested, device = rates[: len(losses) + (ended == "nonfinite")], trial.loop.place.words
    if ended == "nonfinite":  # the last rate is the one at which it was; the figure before stands for it
        losses.append(losses[-1])
    return RateCurve(tested, tuple(losses), ended, lowest, highest, trial.sampler.batch_size, recipe.optimizer, device)


def _check_batches(trial: Trial) -> None:
    if trial.sampler.steps < 2:
        size = trial.sampler.size
        words = (
            f"all {format_quantity(size, 'training sample')} are in one batch, and every step would see the same ones"
        )
        smaller = max(min(32, size // 4), 1)
        raise ValueError(f"{words}: make the batch smaller ({smaller}, for example), or take more data")


def _raise_rate(trial: Trial, rates: tuple[float, ...], check: Check) -> tuple[list[float], str]:
    """A loss for each rate (the mean of the batches that make its step), and how it ended."""
    watch, gather = DivergenceWatch(len(rates)), trial.learners[0].gather
    losses: list[float] = []
    for number, rate in enumerate(rates):
        trial.loop.set_lr(rate)
        total = 0.0
        try:
            for _ in range(gather):
                check(number / len(rates))
                training_lock.give_way()
                total += trial.read(trial.step())
        except NonFinite as fault:
            if not losses:
                raise ValueError(f"{trial.explain(fault)}") from None
            return losses, "nonfinite"
        losses.append(total / gather)
        if watch.diverges(losses[-1]):
            return losses, "diverged"
    return losses, "highest"
