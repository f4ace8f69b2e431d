"""What an action is, and the QActions of a window, made from a table of them."""
