"""The training loop: a session and what it consists of.

`session.py`: `Session(project, data, emit, control, folder=...)`; `.run()` sets up, runs the loop and tells what fails.
`run_state.py` says how far a run is, `checkpointer.py` saves it, `reporter.py` tells it, `resuming.py` goes on from the newest
checkpoint whose numbers fit recipe, data, record and machine (from `before-last` where `last` is damaged, and says so).
`network` is what a run makes for its network, and how that becomes another one in the middle of the run.
`metrics.py`: an epoch's value is that of all its samples together, so each batch's value is weighed by what it counted.
`live_changes.py`: settings that are changed while the run goes on, between two steps, and made again at the same step on resume.
`preflight.py`: why a training cannot start; `failures.py`: what is said of one that failed.
"""
