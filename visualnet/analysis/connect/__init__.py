"""What a new node or wire would do: layers found by a search, whether two ports fit and why not, and which ports to join."""
