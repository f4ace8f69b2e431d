"""A run that learned by play, judged by episodes that its network plays (`judging.py`)."""
