"""Kinds of chart for what is observed inside a network, a file each."""
