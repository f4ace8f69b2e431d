"""A layer of a person's own: Python source as text, and the small language that tells its sizes."""
