"""Blocks: made of the selected nodes, taken apart, renamed, and kept in the person's library."""
