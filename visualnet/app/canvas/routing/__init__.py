"""Geometry of wires: the way round cards, and which rectangles meet an area."""
