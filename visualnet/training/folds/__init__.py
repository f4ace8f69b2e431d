"""Cross-validation: the same network trained once for each fold of its data."""
