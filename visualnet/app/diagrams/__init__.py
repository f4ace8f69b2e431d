"""Drawings that explain a layer: its window over the input, its receptive field, its formula typeset.

`formula.py` paints what `visualnet/figures/typesetting.py` sets of the tree that `layers/declaration/notation.py` makes of an
expression.
"""
