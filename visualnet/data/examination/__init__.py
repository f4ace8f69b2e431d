"""What is seen of data before anything is trained: what a sample shows, figures of each field, copies, and a report in words.

`sample_content.py`: what a sample shows; `measure.py` counts classes and measures fields; `copies.py` finds samples that are the same
or nearly the same, and says how a division keeps them out of two parts; `report.py` says all that in words, for the command line.
"""
