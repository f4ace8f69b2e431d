"""Objects found in a picture: `detection_chart.py` draws their boxes, the true ones and the proposals over it."""
