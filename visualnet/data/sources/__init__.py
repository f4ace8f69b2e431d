"""A person's own files as data sets: one declaration a kind of source. Nothing is decoded until samples are fetched.

`source.py` says what a source is; `registry.py` lists them. A new kind is one file here and one import in `registry.py`.
"""
