"""Infers every shape of a drawing, node by node and block by block, and finds what is wrong with it."""
