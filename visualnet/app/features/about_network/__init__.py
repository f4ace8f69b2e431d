"""The panel *About*: what is new in this network, its paper, what to look at, what to break."""
