"""Back-propagation, one operation at a time: a forward and a backward pass taken apart, and the optimizer's step that follows.

`network.py` is the copy of the network that is stepped through, `passes.py` both passes, `update.py` the optimizer's step: these compute
with torch. What they hand out (`values.py`) is plain NumPy; `chain_rule.py` and `update_rule.py` write it as formulas with figures
(`figures.py`), `schedule.py` puts it in order.
"""
