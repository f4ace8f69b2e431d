"""A repair shown before it is taken: on the canvas while the pointer rests on it, as a small picture, and offered at a wire."""
