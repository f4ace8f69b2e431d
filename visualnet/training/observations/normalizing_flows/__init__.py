"""What a normalizing flow has learned: its density over the plane, samples by its inverse, and the way of points through its layers.

`declare.py` declares the observations; `reading.py` finds the flows of a network and computes with them.
"""
