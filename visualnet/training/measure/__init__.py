"""What this machine takes: memory at the peak, time of each layer, speed, and where that is kept.

`memory_meter.py` holds the measured peak against the forecast (CUDA only), `step_peak.py` measures one step's on the CPU,
`free_memory.py` says how much there is; `layer_timing.py` measures each node's forward time, `machine_speed.py`
a few figures of the machine, kept by `machine_speed_store.py`.
"""
