"""Numbers as colours: `maps.py` holds the colour maps, `indices.py` puts values on them, `pixels.py` makes pictures of that."""
