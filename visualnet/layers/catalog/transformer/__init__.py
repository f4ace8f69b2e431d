"""The parts of a transformer, and whole stacks of them."""
