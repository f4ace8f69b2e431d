"""How a search chooses values, and which trials it gives up early. Words for forms and help; what they do is in `study.py`."""

from __future__ import annotations

from collections.abc import Mapping

METHODS: Mapping[str, str] = {
    "tpe": "TPE: first at random, then near what was good (tree-structured Parzen estimator, Bergstra et al. 2011)",
    "random": "Random: every value independently (Bergstra and Bengio 2012)",
    "grid": "Grid: every combination once; of a range without a step five values",
}
PRUNINGS: Mapping[str, str] = {
    "none": "None: every trial is trained to its end",
    "median": "Median: given up where it is worse than the median of the others at the same epoch, after five whole trials",
    "halving": "Successive halving: of each four trials one is trained four times as long (Li et al. 2018)",
}
GOALS: Mapping[str, str] = {"max": "as large as possible", "min": "as small as possible"}


def check_method(method: str, pruning: str) -> None:
    """Raise ValueError, with words, for a method or a pruning that is not declared (a file of a newer version may say one)."""
    for what, name, known in (("method", method, METHODS), ("pruning", pruning, PRUNINGS)):
        if name not in known:
            raise ValueError(f"the search's {what} “{name}” is not known here (there are {', '.join(known)})")
