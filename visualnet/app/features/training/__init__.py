"""The panel *Training*: recipe, progress, curves, prediction for one sample."""
