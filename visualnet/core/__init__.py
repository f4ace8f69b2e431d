"""The document: frozen values, pure edits, files. Knows neither torch nor Qt."""
