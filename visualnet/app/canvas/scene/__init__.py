"""The open sheet as graphics items: the scene applies each edit's difference to the items.

`wire_routes.py` gives the routing of wires a share of the time (`scene.routes.finish()` waits for all of it); `node_painter.py`
paints a card, `block_thumbnail.py` the small picture of a block's inside.
"""
