"""Data that are decoded while they are trained on: kept up to a limit (`cache.py`), read ahead by threads (`read_ahead.py`), and what
becomes of samples that cannot be read (`readable.py`)."""
