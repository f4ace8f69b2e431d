"""The panel *Evaluate*: how good the run in front is, with intervals, where it is wrong, and whether another run is better.

It takes the display of a sample from `data_page`.
"""
