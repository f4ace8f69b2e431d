"""Verbs that train on a cluster or later: `cluster.py` writes the folder for a cluster, `queue.py` manages the queue of runs."""
