"""Layers that change a tensor's shape, not its numbers."""
