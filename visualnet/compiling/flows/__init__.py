"""Normalizing flows: the way back through a drawn flow (`way_back.py`)."""
