"""How a network is trained, declared as layers are: optimizers, schedules of the rate, guards of the steps, and how the machine computes.

Each is one `Technique` (`technique.py`): its name, its fields with ranges, its rule as a formula, its paper, torch's class by name. The
form, the file's schema, the check, the training loop, the forecast of memory and the reference follow from it. Torch is not needed.
`settings.py` reads a recipe by them; `live_settings.py` tells which of its settings, and of those of nodes, can be changed while a run
goes on, and in which of them two projects differ.
"""
