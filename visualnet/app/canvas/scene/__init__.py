"""The open sheet as graphics items: the scene applies each edit's difference to the items."""
