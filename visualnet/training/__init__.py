"""Training: the loop, what it tells while it runs, and the folder it leaves behind."""
