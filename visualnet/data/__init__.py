"""What networks learn from: the data sets that are shipped, how they are divided, and their way onto the device.

It may import `analysis`, `layers` and `core`.

`registry.py`: `DATASETS`, `fields(choice) -> dict[str, Spec]` (cheap, nothing is loaded), `load(choice) -> Loaded` (samples
fetched by index, split indices, statistics, class names). `sources/` read own files, `preparation/` changes samples, `division/`
divides them. `declare.py` says what a data set is; `builtin.py` (digits, points, curves), `shipped/` (real data) and `generators/`
declare them. `tokens.py` turns texts into numbers; `examination/` says what is in a set before anything is trained.
Targets of -100 are not asked.
"""
