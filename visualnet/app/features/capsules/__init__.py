"""Runs that are passed on: a run packed into one file, such a file opened, and a run trained again to see whether it comes out the same.

`feature.py` declares it. `opening.py`: what happens when a .vnetz or a file of weights with a project in it is opened. `pack_dialog.py`:
what goes with a run, and its data if that is wished. `verify_dialog.py`: what a run says of itself, and *verify*.
"""
