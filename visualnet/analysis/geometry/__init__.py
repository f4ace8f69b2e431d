"""Geometry of a drawn graph, in plain numbers: sizes of cards, paths of wires round them, places of labels, lines to snap to.

`card_size.py` says how large a card is and where its ports stand, `card_detail.py` what it still shows as the zoom falls
and how large that is written, `wire_paths.py` finds a wire's path round cards, `label_placement.py` the labels' places,
the same whatever is in view; `auto_layout.py` is the layered layout, `row_breaks.py` ends its rows,
`layout_choice.py` chooses how many there are for the view; `map_boxes.py` says how large tensors are drawn as boxes.
"""
