"""Normalizing flows as drawings: the way back from a latent to the inputs (`way_back.py`), and what is wrong where a density is computed
and there is none (`problems.py`)."""
