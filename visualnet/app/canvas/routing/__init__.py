"""Where wires and labels go. Geometry; `wire_routes` gives it a share of the window's time."""
