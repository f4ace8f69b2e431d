"""Drawings that explain a layer: its window over the input, its receptive field, its formula typeset."""
