"""Where a network is right and where it is wrong, as charts and lists of samples. Each judgement is declared once.

A declaration says for which tasks it is, how it is read and how it is drawn. Importing this package fills ``JUDGEMENTS``.
"""

from visualnet.training.evaluation.judgements import (  # noqa: F401
    anomaly,
    boxes,
    classes,
    columns,
    episodes,
    examples,
    labels,
    numbers,
    places,
)
from visualnet.training.evaluation.judgements.registry import JUDGEMENTS, Judgement, judgements_for

__all__ = ["JUDGEMENTS", "Judgement", "judgements_for"]
