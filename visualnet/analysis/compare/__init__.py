"""Two networks held against each other: as a table of figures, and as what sets two projects apart."""
