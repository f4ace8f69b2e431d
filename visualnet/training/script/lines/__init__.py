"""Lines of a training script about its rounds.

`round_lines.py` has the base and finds those of a procedure, which names their module as its ``script_lines``; `drawn_lines.py` are those
of batches drawn from the data, `play_lines.py` those of play and what is learned from it. `best_lines.py` tells the best epoch.
"""
