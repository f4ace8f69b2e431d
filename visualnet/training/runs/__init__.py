"""A run as it is seen from outside: its events as series for plots, and its history.

`run_model.py`: `RunModel` turns events into `Series` (`series.py`) for plots; no widget, no torch.
"""
