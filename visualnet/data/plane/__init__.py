"""Points in the plane that a person sets: how a project's file writes them, and whether one straight line divides them."""
