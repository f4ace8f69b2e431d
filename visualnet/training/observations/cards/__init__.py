"""What is observed of every card and every wire of a sheet at once: how large values are, what is dead or saturated, weights, gradients.

`sheet_ports.py` says which cards and ports there are. What is computed stands in `activity.py` (values), `saturation.py` (units that learn
nothing) and `norms.py` (weights, their gradients, how far they moved).
"""
