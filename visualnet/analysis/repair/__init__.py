"""Repairs of a problem: candidates for parameters and wires, each tried by inference before it is offered.

`repairs(project, problem, analysis) -> list[Repair]`, ranked. `parameter_candidates.py` (values, adapters), `wiring_candidates.py` (wires,
added nodes) and `data_candidates.py` (the preparation of data, the number of classes) propose, in bounded numbers; `Search` is the same in
parts: the window calls `work(seconds)` between events. `preview.py` says what an edit would make of the project, tried on the side.
"""
