"""Runs that wait for the one before: `kept.py` keeps their list in a file, `worker.py` trains them in order, one process at a time."""
