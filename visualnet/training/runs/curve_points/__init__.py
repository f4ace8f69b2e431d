"""What a curve is made of (`runs/series.py` puts it together), as plain arrays.

`buckets.py`: buckets of points that remember where their extremes are. `smoothing.py`: the moving average that follows a curve.
`thinned.py`: late points joined, a few for many, so that a curve of any length takes bounded memory.
"""
