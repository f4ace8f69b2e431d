"""The page *All runs*: every training in a table to filter and sort; curves, settings, difference and notes of the chosen.

It takes the following of a run elsewhere from `training_place`.
"""
