"""Scores as probabilities."""

from __future__ import annotations

from torch import Tensor


def as_probabilities(scores_NK: Tensor, holds: str, classes: int) -> Tensor | None:
    """Scores as a probability for each class; None where they tell no classes.

    ``holds`` is what the answer's numbers are said to be (``Spec.holds``); one score alone stands for the second of two classes.
    """
    if not classes or scores_NK.dim() != 2 or not scores_NK.is_floating_point():
        return None
    if holds == "logarithms":
        scores_NK, holds = scores_NK.exp(), "probabilities"
    shares = holds in ("probabilities", "fractions")
    if scores_NK.shape[1] == classes > 1:
        return scores_NK if shares else scores_NK.softmax(1)
    if scores_NK.shape[1] == 1 and classes == 2:
        second = scores_NK if shares else scores_NK.sigmoid()
        return (
            second.new_zeros(len(second), 2) + second.new_tensor([1.0, 0.0]) + second * second.new_tensor([-1.0, 1.0])
        )
    return None
