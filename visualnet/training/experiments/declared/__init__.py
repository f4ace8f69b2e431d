"""The experiments that come with the program, a file each with an ``EXPERIMENT``. To add one: a file, and its name in `registry.py`."""
