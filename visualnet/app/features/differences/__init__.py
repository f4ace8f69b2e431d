"""The panel *Differences*: what sets the open project apart from its saved file or another.

`comparison.py` holds the open project against another; `panel.py` lists the differences, `overlay.py` marks them on the canvas.
"""
