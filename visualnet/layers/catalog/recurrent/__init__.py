"""Layers that read a sequence step by step and remember: whole sequences at once, or a cell for one step."""
