"""The panel *Feeds*: values at ports replaced by hand, and the marks of it on the canvas.

It takes the chooser of samples from `feature_maps`, the prediction from `training` and the pad from `try_it`.
"""
