"""The dialog *Start from…*: weights to begin the next training with, and a table of what they give to this network."""
