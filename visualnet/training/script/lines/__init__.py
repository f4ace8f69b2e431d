"""Lines of a training script about its rounds: `play_lines.py` prints play and what is learned from it, `best_lines.py` the best epoch."""
