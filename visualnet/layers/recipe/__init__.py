"""How a network is trained, declared as layers are: optimizers, schedules of the rate, guards of the steps, and how the machine computes.

Each is one `Technique` (`technique.py`): its name, its fields with ranges, its rule as a formula, its paper, torch's class by name. The
form, the file's schema, the check, the training loop, the forecast of memory and the reference follow from it. Torch is not needed.
`setting_values.py` reads one of a recipe's settings by them; `procedure_declaration.py` says what a procedure of training declares. A whole
recipe is read in `training/recipe`.
"""
