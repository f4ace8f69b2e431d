"""What is done to samples before a network sees them: an ordered list of steps, and augmentation in training alone.

`step.py` says what a step is; `registry.py` lists them; `prepared.py` fits them on the training part and runs them.
"""
