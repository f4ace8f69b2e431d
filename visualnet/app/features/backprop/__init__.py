"""The panel *Back-propagation*: both passes and the optimizer's step, one operation at a time, with every number written out."""
