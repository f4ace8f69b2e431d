"""What a run is watched for at the end of each epoch, and warns of: `watcher.py` says what a watcher is, `registry.py` lists them;
`collapse.py`, whether a generator that learns against others makes always the same."""
