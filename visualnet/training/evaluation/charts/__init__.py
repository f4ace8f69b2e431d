"""Where a network is right and where it is wrong, as charts and lists of samples. Each chart is declared once.

A declaration says for which tasks it is, how it is read and how it is drawn. Importing this package fills ``EVALUATION_CHARTS``.
"""

from visualnet.training.evaluation.charts import (  # noqa: F401
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
from visualnet.training.evaluation.charts.registry import EVALUATION_CHARTS, EvaluationChart, charts_for

__all__ = ["EVALUATION_CHARTS", "EvaluationChart", "charts_for"]
