"""The loss around the weights: over a plane of two directions with the path of the descent, and along the line from the first weights.

`declare.py` declares the observations, `directions.py` makes directions and projects a path onto them, `kept_weights.py` gathers the
weights that a run has left, `surface.py` measures losses at places around the present weights.
"""
