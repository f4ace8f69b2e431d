"""A repair shown before it is taken: on the canvas while the pointer rests on it, and as a small picture."""
