"""What part of a sheet is seen: zoom, pan, saved positions, and the picture kept while something moves.

`frame_cache.py` keeps a picture of what stands still while the view or some cards move.
"""
