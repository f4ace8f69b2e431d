"""Which parts of a sample an answer rests on: gradients, Grad-CAM, occlusion and Shapley values.

The methods are functions of a score, not of a network: they work wherever something maps tensors to one number a sample. They are not taken
from captum, which hooks modules (here blocks are laid open, ReLUs may be plain functions, and ports are fed by hand) and brings matplotlib
along, 100 MB. `declare.py` declares what the window offers of them.
"""
