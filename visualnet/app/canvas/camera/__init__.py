"""What part of a sheet is seen: zoom, pan, saved positions, and the picture kept while something moves."""
