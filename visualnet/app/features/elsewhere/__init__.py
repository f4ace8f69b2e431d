"""Trainings that are carried out elsewhere or later: the folder for a cluster, and the queue of runs on this machine."""
