"""The panel *Training*: recipe, progress, curves, prediction for one sample.

It takes the chooser of samples from `feature_maps` and the button of trained weights from `start_from`.
"""
