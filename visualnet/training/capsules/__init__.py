"""A run in one file that can be passed on: a ``.vnetz``, a plain zip with a manifest of digests. No torch, no Qt.

`names.py`: what a file in it may be called, and how large it may be. `manifest.py`: `Manifest`, its ``manifest.json``. `archive.py`:
`Archive` reads a stranger's file: everything is checked before a byte is written. `own_data.py`: which data a run was trained on, and
whether they can go with it. `packing.py`: ``pack_run``. `opening.py`: ``read_capsule``, ``unpack_capsule``. `replaying.py`:
``verify_capsule`` trains it once more.
"""
