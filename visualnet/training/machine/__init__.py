"""What a recipe switches on in the machine that trains: number formats, compiled programs, memory formats, deterministic algorithms.

`hardware_options.py`: all switches of a run, as the loop uses them. `compiled.py`: a program that `torch.compile` translates.
`loss_scaler.py`: losses that are scaled so that gradients of fp16 do not vanish. What a machine cannot do is said in `devices.py`.
"""
