"""Estimates before a training, measured on a copy of the network: learning rate, batch size, time and memory of an epoch.

`trial.py` takes real steps that leave no trace. `rate_test.py` raises the rate over them, and `rate_curve.py` reads a rate off what came
of it; `batch_size.py` makes the batch larger, and `sizes.py` says what was tried; `epoch_test.py` measures memory and time of an epoch,
and `epoch.py` says what came of it; `memory_check.py` says what to change where training does not fit. `rate_curve.py`, `sizes.py`,
`epoch.py` and `memory_check.py` need no torch.
"""
