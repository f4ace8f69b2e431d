"""The panel *Code*: the network as Python while it is edited."""
