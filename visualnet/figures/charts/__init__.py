"""Charts as plain values: what they hold, where each mark stands, and SVG of it. The window paints the same marks.

`marks.py` is what a drawing consists of; `axes.py` places axes; `curves.py`, `bars.py`, `points.py` and `matrix.py` are the kinds of chart;
`svg.py` writes a drawing as SVG.
"""
