"""Trainings on a cluster or later on this machine: the dialogs of the folder for a cluster and of the queue of runs."""
