"""Sounds in files: a folder for each class, or a table of labels beside them.

`decode.py` reads headers and samples, `resample.py` brings them to one rate, `label_table.py` reads a table of labels. The source stands
in `sound.py`.
"""
