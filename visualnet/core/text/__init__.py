"""Words and figures as people read them: units, counts, moments, and characters that nobody sees."""
