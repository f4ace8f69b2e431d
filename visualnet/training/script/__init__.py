"""A training as a script that needs only PyTorch and NumPy, and on the CPU gives the same losses to the last bit.

`training_script.py` prints it and writes it with its data; `template.py` is the script's own text, of which a recipe takes the lines that
it uses, and `filling.py` fills them in; `learner_lines.py` says what one learner does, of a recipe of several once for each;
`recipe_lines.py` spells optimizer and schedule from their declarations; `refusals.py` names what a script cannot say.
"""
