"""What is done to samples before a network sees them: an ordered list of steps, and augmentation in training alone.

`step.py` says what a step is; `registry.py` lists them; `prepared.py` fits them on the training part and runs them; `step_summary.py`
says what they do to the fields. `*_steps.py` declare steps, which compute in `arrays/`; `augmentation/` has those that change batches of
training.
"""
