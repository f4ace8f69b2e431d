"""Normalizing flows: layers that can be undone and tell how they stretch volumes (`steps.py`), and their likelihood (`density.py`)."""
