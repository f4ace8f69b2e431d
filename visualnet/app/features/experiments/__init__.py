"""The page *Experiments*: variants of a network trained side by side, their curves with bands, a table, and what shows why."""
