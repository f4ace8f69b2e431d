"""Whole scenes, of whose regions a network is trained: what it finds in those of a part, held against the true boxes (`judging.py`)."""
