"""What can go wrong where networks learn against each other: `collapse.py`, whether a generator makes always the same; a run says so."""
