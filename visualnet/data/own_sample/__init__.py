"""A sample that a person makes: what can be made for a data set, and how it goes through the same preparation as the data.

`inputs.py` says what is wanted; `drawing.py` brings a drawing into the form of handwritten digits, `recording.py` a recorded sound into
that of the data; `rows.py` reads rows of a table; `prepare.py` prepares.
"""
