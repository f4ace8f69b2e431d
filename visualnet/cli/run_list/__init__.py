"""The verb ``runs``: all runs as a list, and what sets two of them apart."""
