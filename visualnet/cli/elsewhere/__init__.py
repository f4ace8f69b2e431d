"""Verbs for trainings that are carried out elsewhere or later: `cluster.py` writes a folder, `queue.py` lets runs wait for each other."""
