"""A run as it is seen from outside: its events as series for plots, and its history.

`run_model.py`: `RunModel` turns events into `Series` (`series.py`) for plots; no widget, no torch. `epoch_scale.py`: its steps as
epochs, also where the batch size was changed. `change_marks.py`: what was changed while it ran, as marks for its curves.
`run_changes.py`: what was changed, by its record and by a project that is to go on with it. `run_list.py`: the runs of a folder.
"""
