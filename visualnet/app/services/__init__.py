"""What runs beside the window: background tasks, the runner of trainings, live probes, measurements, crash reports.

All work in the background, training too, is a `BackgroundTask` (`background_task.py`: thread, progress, result, cancelling,
errors to the crash handler); a task is a child of who asked for it, so `close_tasks(window)` ends them all.

`runner.py` starts and steers trainings; their events come through `core/process/mailbox.py`. `runner.state`, `.model` and `.run`
are those of the document in front; `.elsewhere` is another one that trains, `state_of(document)` tells of any. `live_probes.py`:
what is seen of the network's inside. `redraw_budget.py` gives pictures a share of the time, measured, so that drawing does not
slow the training. `gc_control.py` decides when the garbage collector walks: soon over what is new, over everything only while the
window rests after a closing. `startup_tasks.py`: what is done once after the start, `measurements.py` what is measured when it is
asked for.
"""
