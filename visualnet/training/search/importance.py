"""Which settings matter: how much of the difference between good trials and all of them each explains.

PED-ANOVA (Watanabe, Bansal and Hutter 2023), as Optuna computes it: for each setting the divergence between its distribution among the
better trials and among all, as shares that add to 1.
"""

from __future__ import annotations

from visualnet.training.search.study import Study, TrialView

LEAST = 4
"""Of fewer trials that were trained to their end nothing is said."""


def find_importances(study: Study, trials: list[TrialView]) -> dict[str, float]:
    """The share of each setting, the largest first; empty while there are too few trials, or all reached the same."""
    from optuna.importance import get_param_importances

    reached = {trial.value for trial in trials if trial.state == "done"}
    if sum(trial.state == "done" for trial in trials) < LEAST or len(reached) < 2:
        return {}
    if len(study.space) == 1:
        return {study.space[0].entry.address: 1.0}
    try:
        return dict(get_param_importances(study.optuna))
    except (ValueError, RuntimeError):
        return {}  # a setting that had one value only in all of them
