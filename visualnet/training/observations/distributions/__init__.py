"""How numbers are spread, and how that changes over the steps: weights, gradients, activations, updates.

`declare.py` declares the observations; `summary.py` computes.
"""
