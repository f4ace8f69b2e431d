"""What is found out before a training, on a copy of the network.

`trial.py` takes real steps that leave no trace; `rate_test.py` raises the rate over them, and `rate_curve.py` reads a rate off what came
of it; `batch_size.py` makes the batch larger, and `sizes.py` says what was tried. `rate_curve.py` and `sizes.py` need no torch.
"""
