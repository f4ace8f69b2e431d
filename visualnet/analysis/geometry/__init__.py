"""Geometry of a drawn graph, in plain numbers: sizes of cards, ways of wires round them, places of labels, lines to snap to.

`card_size.py` says how large a card is and where its ports stand, `wire_paths.py` finds a wire's way round cards,
`label_placement.py` the labels' places, the same whatever is in view; `auto_layout.py` is the layered layout.
"""
