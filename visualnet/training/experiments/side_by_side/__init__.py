"""Trainings that take turns, so that several go on side by side in one process."""
