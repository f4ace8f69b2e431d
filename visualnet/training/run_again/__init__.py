"""What can be made of a kept run: trained once more and held against it, branched from a checkpoint, told apart from another.

`verify.py`: the same project with the same seeds again, to the bit or to the first step that departs. `branch.py`: a new run that begins
with a checkpoint's weights, or with its optimizer's state too; and the same run once more. `difference.py`: what sets two runs apart:
network, recipe, data, surroundings, outcome.
"""
