"""Charts of a surface seen from above: `contour.py` is the chart, `level_lines.py` traces the lines of equal height."""
