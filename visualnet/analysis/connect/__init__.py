"""What a new wire would do: whether two ports fit and why not, and which ports to join."""
