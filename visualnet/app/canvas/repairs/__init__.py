"""A repair shown before it is taken: on the canvas while the pointer rests on it, as a small picture, and offered at a wire.

`hover_preview.py` watches a button, `preview_picture.py` shows the picture beside it; `overlays/preview.py` draws it over the
sheet.
"""
