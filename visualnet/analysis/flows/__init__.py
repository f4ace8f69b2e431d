"""Normalizing flows as drawings: in which order they are inverted (`inverse_order.py`), and what is wrong where a density is computed
and there is none (`problems.py`)."""
