"""Objects found in whole pictures by a network that was trained on regions (R-CNN).

`heads.py` finds the two answers of the network, `detector.py` runs it over the proposals of a picture.
"""
