"""The panel *Try it*: a sample that the person draws, opens, types or sets, and what the network says of it at once.

It takes the prediction from `training`, the view of an observation from `see_inside`, and the
canvas and the player of samples from `data_page`.
"""
