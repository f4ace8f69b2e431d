"""What a round of training can do: each file declares one way and does it, and is found by being here.

`supervised.py` draws from the data and holds the network against the validation set; `deep_q.py` plays and learns from what it remembers.
"""
