"""Charts of what is observed in a network, a kind a file."""
