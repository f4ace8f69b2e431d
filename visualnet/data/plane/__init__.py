"""Points in the plane that a person sets: how a project's file writes them, and whether straight lines can divide them."""
