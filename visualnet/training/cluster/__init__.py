"""A training as a folder for a cluster: `folder.py` writes it, `texts.py` holds its Slurm script and README."""
