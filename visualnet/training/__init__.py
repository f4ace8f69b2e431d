"""Training: the loop, what it tells while it runs, and the folder it leaves behind.

It may import `compiling`, `data`, `figures`, `templates`, `analysis`, `layers` and `core`.

`events.py`: frozen events, the only thing that leaves the training thread. `control.py`: `Control`, safe between threads:
`pause()`, `resume()`, `stop()`, `request_probes(ports, sample)`. `training_job.py`: a training as the window's background task.
`probes.py` and `idle_probe.py` look into the network while it trains and while it does not. `checkpoints.py` writes what a run
can go on from.

A run is a folder: `project.vnet`, `record.json` (`run_records`), `events.jsonl`, `best.safetensors`, `last/` (weights, optimizer,
generators), `before-last/`, `preparation.json` (how new samples are prepared: steps with what they learned, mean and deviation), and
`epoch-10.safetensors` … where weights are kept after every so many epochs.
Where its network was changed, `network-0/`, `network-1/` … hold each network, what was best with it, and the weights that the next
change took out.
"""
