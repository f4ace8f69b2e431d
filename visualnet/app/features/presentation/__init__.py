"""Presentation mode: the canvas and the formula of the selected node alone, large, with the pressed keys in a corner.

It takes the card of an explanation from `inspector`.
"""
