"""Curves over steps and epochs with their axes and legends."""
