"""The panel *Points*: the plane of the data with the network's regions, points set by hand while it trains, and the hidden space.

It takes the view of an observation from `see_inside`.
"""
