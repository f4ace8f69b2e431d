"""Parts of images that may hold an object: proposed by selective search, cut out, and given a class and a box to learn (R-CNN).

`selective_search.py` proposes boxes (`grouping.py` joins their segments), `kept_proposals.py` keeps them on disk, `box_geometry.py` reckons
with boxes, `crops.py` cuts out and warps, `region_samples.py` is the view of scenes as samples of one region each.
"""
