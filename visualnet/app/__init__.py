"""The window: everything that knows Qt lives here."""
