"""What a network has learned, as pictures of its weights: filters and how far they moved, matrices, and the connections of dense layers.

`declare.py` declares the observations; `filters.py` and `chains.py` compute.
"""
