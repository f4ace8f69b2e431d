"""What a round of training can do: each file declares one way and does it, and is found by being here.

`supervised.py` draws from the data and holds the network against the validation set; `deep_q.py` plays and learns from what it remembers.
Networks against each other need no file: their rounds are those of `supervised.py`, in which several learners (`training/learners`) take
their steps in turn. Neither does contrastive divergence: a machine's layer samples, and its loss (`layers/catalog/own_rules`) has the
gradient.
"""
