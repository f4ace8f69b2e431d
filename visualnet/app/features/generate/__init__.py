"""The panel *Generate*: what the network can make, with the weights that are trained now or those that a run has kept."""
