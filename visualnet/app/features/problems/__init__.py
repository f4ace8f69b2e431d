"""The panel *Problems*: what does not fit, why, and its repairs."""
