"""The texts of a training script that are said for each learner (`learner_template.py`)."""
