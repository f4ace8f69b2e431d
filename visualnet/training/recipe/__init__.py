"""A whole recipe, read by all that is declared: optimizer, schedule, guards, machine (`layers/recipe`), and what a round does.

`procedures.py` has what procedures declare. `settings.py` reads a recipe by the declarations and says what of it cannot be used;
`live_settings.py` tells which of its settings, and of those of nodes and data, can be changed while a run goes on, and in which of them
two projects differ.
"""
