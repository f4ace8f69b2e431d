"""Writes a drawing as readable PyTorch source code."""
