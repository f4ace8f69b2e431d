"""A network as a figure for a paper: what is drawn, where it stands, and how."""
