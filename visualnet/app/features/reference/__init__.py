"""The panel *Reference*: the page of every layer, made from its declaration."""
