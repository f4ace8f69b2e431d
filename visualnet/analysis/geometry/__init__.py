"""Geometry of a drawn graph, in plain numbers: sizes of cards, ways of wires round them, places of labels, lines to snap to."""
