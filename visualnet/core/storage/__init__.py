"""Project files and what carries a project: read within bounds, validated whole, written without a moment of half a file."""
