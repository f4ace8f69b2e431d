"""How samples are divided into training, validation and test: by shares, by groups, by time, as given, in folds.

`division.py` says what a division is; `registry.py` lists the ways: by chance (`shares.py`, made of `split.py` beside this folder), so many
of each class (`per_class.py`), by a column (`by_column.py`; `columns.py` reads it), in folds (`folds.py`), with one class held out
(`odd_class.py`). `copies.py` keeps copies of a sample out of two parts.
"""
