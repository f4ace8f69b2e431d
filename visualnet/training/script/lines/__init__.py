"""Parts of a training script: of each learner (`learner_template.py`), of play (`play_lines.py`), of the best epoch (`best_lines.py`)."""
