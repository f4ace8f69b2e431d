"""What a trained network answers to new samples: how a person gives them (`new_samples.py`), and the answer with the names of its classes
(`named_answers.py`).

`overlap_tile.py` puts masks of large images together from tiles; `tiled_mask.py` declares that as an observation."""
