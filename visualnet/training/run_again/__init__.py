"""What can be made of kept runs: trained once more, branched from a checkpoint, told apart from another.

`branch.py`: a new run that begins with a checkpoint's weights, or with its optimizer's state too; and the same run once more (whether it
comes out the same, `training/verifying` tells). `difference.py`: what sets two runs apart:
network, recipe, data, surroundings, outcome. `weights_export.py`: its weights with its project, for other tools.
"""
