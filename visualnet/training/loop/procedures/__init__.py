"""What a round of training does: draw data, or play; and learn. The loop knows no kind of them.

`kinds` has a file for each. `procedure.py` has their base and what a procedure sees of the run, `round_lines.py` what it adds to a
training script; `registry.py` finds them. `q_play.py` is the play of deep Q-learning, which scripts have printed into them,
`play_state.py` what checkpoints keep of it; `action_values.py` finds the values of actions in a network, and `played_episodes.py` plays
with them to judge it.
"""
