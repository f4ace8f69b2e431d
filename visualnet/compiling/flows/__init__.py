"""Normalizing flows: the way back through a drawn flow (`inverse_program.py`)."""
