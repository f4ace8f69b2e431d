"""What a person can do: the table of actions with text, keys and menu, and the QActions that are made of it."""
