"""What flows between layers, as numbers. `declare.py` holds the declarations."""
