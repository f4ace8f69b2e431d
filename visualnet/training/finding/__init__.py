"""What is found out before a training, on a copy of the network.

`trial.py` takes real steps that leave no trace; `rate_test.py` raises the rate over them, and `rate_curve.py` reads a rate off what came
of it (no torch there).
"""
