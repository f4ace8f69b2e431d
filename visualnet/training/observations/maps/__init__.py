"""What leaves a node, as pictures: feature maps in any order, what sets two classes or steps apart, and each unit's region of the plane.

`declare.py` declares the observations; `stacks.py` and `plane.py` compute: pure functions of tensors and of data.
"""
