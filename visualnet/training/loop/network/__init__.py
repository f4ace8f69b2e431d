"""The network that a run trains, and how it becomes another one in the middle of the run.

`parts.py` is what a run makes for its network; `change.py` goes on with another network: what did not change keeps its weights and all
that the optimizer knows of them; `earlier_weights.py` keeps what that took out, to be put back when the drawing goes back.
"""
