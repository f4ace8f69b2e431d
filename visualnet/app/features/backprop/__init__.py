"""The panel *Back-propagation*: both passes and the optimizer's step, one operation at a time, with every number written out.

It takes the chooser of samples from `feature_maps` and the stack of derivations from `inspector`.
"""
