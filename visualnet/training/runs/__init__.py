"""A run as it is seen from outside: its events as series for plots, and its history."""
