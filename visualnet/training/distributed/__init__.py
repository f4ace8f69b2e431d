"""One run computed by several processes, on one machine or many: started by torchrun, each with its part of every batch.

`torchrun_environment.py` reads what torchrun says and joins the processes, `process_group.py` is what the training loop asks of one
process, `joined_processes.py` of more, `shared_program.py` computes a batch together, `shared_control.py` lets all of them obey at the
same step, `lost_ranks.py` names who is gone, `refusals.py` what cannot be computed so, `other_ranks.py` reports failures of ranks other
than 0, `sharding.py` divides the weights (FSDP2), `joint_statistics.py` takes statistics of the whole batch, `alike.py`
keeps all alike.
"""
