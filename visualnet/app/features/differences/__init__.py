"""The panel *Differences*: what sets the open project apart from its saved file or another."""
