"""Lines of a training script about its rounds.

`round_lines.py` finds those of a procedure, which names their module as its ``script_lines``; `play_lines.py` are those of play and what
is learned from it. `best_lines.py` tells the best epoch.
"""
