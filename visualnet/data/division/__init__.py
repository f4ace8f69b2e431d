"""How samples are divided into training, validation and test: by shares, by groups, by time, as given, in folds.

`registry.py` lists the ways; `split.py` beside this folder divides by shares; `copies.py` keeps
copies of a sample out of two parts.
"""
