"""Parameters, multiply-adds, memory and time, forecast by formula from what each layer declares.

`totals.py` (`Costs(analysis, batch).whole()`, `.sheet(path)`); `saved_tensors.py` knows what autograd keeps of each torch call (a
new call gets a line there; an unknown one is taken to keep its inputs), `tensor_lifetimes.py` which tensors live how long,
`step_time.py` a step's time from a few figures of the machine (`training/measure/machine_speed.py`).
"""
