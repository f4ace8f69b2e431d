"""The start page: templates, recent files, lessons."""
