"""Normalizing flows: modules and functions that torch lacks (`modules.py`), and the way back through a drawn flow (`way_back.py`)."""
