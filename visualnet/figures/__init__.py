"""What pictures show and where it stands: sizes, places, breaks, ticks and words. No Qt; `app` paints what is computed here.

It may import `analysis`, `layers` and `core`. Everything here is a pure function of plain values and numpy arrays; where the width of a
text decides, the caller hands in a function that measures it. So it runs without a window, in tests and on the command line.
"""
