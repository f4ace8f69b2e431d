"""What a round of training does, a file for each way: draw data, or play; and learn. The loop knows no kind of them.

`procedure.py` has the base and what a procedure sees of the run; `registry.py` finds the one that a recipe names; `supervised.py` draws
from the data and holds the network against the validation set; `deep_q.py` plays, with `q_play.py`, which scripts have printed into them;
`action_values.py` finds the values of actions in a network, and `played_episodes.py` plays with them to judge it.
"""
