"""The page *All runs*: every training in a table to filter and sort; curves, settings, difference and notes of the chosen."""
