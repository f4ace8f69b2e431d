"""What is seen of the chosen runs at the right of the table: curves, settings, what sets two apart, notes."""
