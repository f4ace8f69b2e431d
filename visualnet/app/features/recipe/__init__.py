"""The panel *Recipe*: how the network is trained and on what, as one page.

It takes the forecast from `estimates`, and the part on data and derivations from `inspector`.
"""
