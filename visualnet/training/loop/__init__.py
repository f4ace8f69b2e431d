"""The training loop: a session and what it consists of (checks before, metrics, reports, checkpoints, resuming, failures)."""
