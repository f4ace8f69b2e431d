"""Presentation mode: the canvas and the formula of the selected node alone, large, with the pressed keys in a corner."""
