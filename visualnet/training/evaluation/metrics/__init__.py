"""How good the answers are, as figures. Each metric is declared once: for which tasks, what it means, and how it is computed.

Importing this package fills ``METRICS``.
"""

from visualnet.training.evaluation.metrics import anomaly, boxes, classes, episodes, labels, numbers, places  # noqa: F401
from visualnet.training.evaluation.metrics.registry import METRICS, Metric, metrics_for

__all__ = ["METRICS", "Metric", "metrics_for"]
