"""Pictures of the open sheet: the dialog that exports one, and printing. What they paint is in `app/figures`."""
