"""What a place of a map sees of the input, computed and measured, and what it passes on to the scores."""
