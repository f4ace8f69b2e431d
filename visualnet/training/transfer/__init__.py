"""To begin a training from weights that there are: which of a network's tensors they give, and how a file of them is read.

`matching.py` is the table of what matches and why, of names, shapes and types alone; `weight_files.py` reads files of weights, also
strangers', and keeps a copy among the person's own; `initial_weights.py` finds what a recipe begins from and puts it into a network.
"""
