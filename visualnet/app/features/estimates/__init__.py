"""Estimates before a training: a good learning rate and the largest batch that fits, a dialog each; and time and memory of an epoch."""
