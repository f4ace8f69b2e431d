"""What is observed of every card and every wire of a sheet at once: how large values are, what is dead or saturated, weights, gradients.

`declare.py` holds the declarations (`update_ratio.py` is what they need to be drawn), `sheet_ports.py` says which cards and ports
there are. What is computed stands in `activity.py` (values), `saturation.py` (units that learn nothing), `norms.py` (weights) and
`gradients.py`.
"""
