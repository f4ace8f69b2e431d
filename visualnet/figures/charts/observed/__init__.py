"""Charts of what is observed inside a network, a file each."""
