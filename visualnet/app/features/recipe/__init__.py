"""The panel *Recipe*: how the network is trained and on what, as one page."""
