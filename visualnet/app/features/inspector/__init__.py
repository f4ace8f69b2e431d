"""The panel *Inspector*: form, formulas, weights, cost and code of what is selected.

It takes the address of a setting from `search`, to offer it there.
"""
