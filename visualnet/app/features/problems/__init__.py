"""The panel *Problems*: what does not fit, why, and its repairs.

It takes formulas and their typeset form from `inspector`.
"""
