"""Arrays that NumPy saved, as own data.

`npy_files.py` reads headers and rows of `.npy` and `.npz` without ever unpickling; `roles.py` says which array is what;
`array_samples.py` gives their rows as samples; `array_source.py` declares the source.
"""
