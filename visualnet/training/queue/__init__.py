"""The queue of runs on this machine: `queue_file.py` keeps it in a file, `worker.py` trains its runs in order, one process at a time."""
