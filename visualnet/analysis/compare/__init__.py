"""Two networks held against each other: as a table of figures, and as what sets two projects apart.

`project_diff.py` pairs nodes by more than their ids; `weights_kept.py` tells what a trained network keeps when it becomes another one;
`teaching_pairs.py` are networks that a lecture shows side by side.
"""
