"""Two networks held against each other: as a table of figures, and as what sets two projects apart.

`project_diff.py` pairs nodes by more than their ids; `teaching_pairs.py` are networks that a lecture shows side by side.
"""
