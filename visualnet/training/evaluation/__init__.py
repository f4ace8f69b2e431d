"""How good a trained network is, and where it is wrong: predictions of a part of the data, metrics with intervals, and charts of both.

`answers.py` finds what a network can be judged by, `tasks.py` declares the kinds of answer; `predicting.py` computes predictions and
`prediction_files.py` keeps them; `intervals.py` and `metrics` say how good they are, `charts` where they are wrong;
`paired_comparison.py` compares two runs; `evaluation.py` joins all of it, `report.py` writes a page of it, with pictures of samples from
`sample_pictures.py`. `uses_of_test_part.py` counts how often the test part was looked at.
"""
