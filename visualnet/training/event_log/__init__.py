"""How much of a run's events its log holds: ``Thinning`` (`thinning.py`) keeps the log of a run without end below a size that is stated."""
