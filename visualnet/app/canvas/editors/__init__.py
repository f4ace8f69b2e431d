"""Small editors that open over the canvas: quick add, names, annotations."""
