"""Layers that bring a learning rule of their own: prototypes, and energies. The rule is the gradient of a number that they give."""
