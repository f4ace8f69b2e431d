"""Charts of many runs and what they were given: `axis.py` is an axis of numbers or of names, `parallel.py` draws axes side by side with a
line for each run, `slices.py` what was reached over each setting, a field for each."""
