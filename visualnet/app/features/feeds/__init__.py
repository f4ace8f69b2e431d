"""The panel *Feeds*: values at ports replaced by hand, and the marks of it on the canvas."""
