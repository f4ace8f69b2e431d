"""The panel *Attention*: which token or patch looks at which.

It takes the panel of probed layers and the chooser of samples from `feature_maps`.
"""
