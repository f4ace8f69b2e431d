"""The texts of a folder for a cluster. ``$name`` stands for what the project and the person say."""

from __future__ import annotations

SLURM = """\
#!/bin/bash
# Trains project.vnet on $nodes_words with $processes_words each. Submit it from this folder: sbatch train.slurm
#SBATCH --job-name=$job
#SBATCH --nodes=$nodes
#SBATCH --ntasks-per-node=1
$gpu_line
#SBATCH --cpus-per-task=$cpus
#SBATCH --time=24:00:00
#SBATCH --output=slurm-%j.out
set -euo pipefail
cd "$${SLURM_SUBMIT_DIR:-.}"
if [ -f .venv/bin/activate ]; then
    . .venv/bin/activate
fi

# All processes find each other at the first host of the job.
first=$$(scontrol show hostnames "$$SLURM_JOB_NODELIST" | head -n 1)
port=$$((20000 + SLURM_JOB_ID % 20000))

# A run that is there goes on from its last checkpoint.
more=()
if [ -e run/events.jsonl ]; then
    more+=(--resume)
fi

srun torchrun \\
    --nnodes="$$SLURM_NNODES" \\
    --nproc-per-node=$processes \\
    --rdzv-id="$$SLURM_JOB_ID" \\
    --rdzv-backend=c10d \\
    --rdzv-endpoint="$$first:$$port" \\
    -m visualnet train project.vnet --run-dir run $${more[@]+"$${more[@]}"}
"""

GPU_LINE = "#SBATCH --gpus-per-node=$processes"
NO_GPU_LINE = "# On the processor: no GPU is asked for."

README = """\
# $name, for a cluster

| file | what it is |
|---|---|
| `project.vnet` | the drawing, its recipe and its choice of data |
| `train.slurm` | the job for Slurm: $nodes_words, $processes_words each |
| `requirements.txt` | what it needs, in the versions that this was written with |
$script_row

## Set up, once

Copy this folder to a file system that all machines of the cluster share. In it:

```sh
python3 -m venv .venv && . .venv/bin/activate
pip install -r requirements.txt
pip install --no-deps visualnet==$version    # or from a copy of its sources: pip install --no-deps PATH
```

Neither Qt nor a screen is needed. $data_words

## Train

```sh
sbatch train.slurm
```

The job starts `torchrun` on each machine. The processes share each batch of $batch samples ($share): the losses are those of one process
with the same batch, up to rounding, where nothing in the network draws random numbers. `run/` is the run's folder, written by the first
process alone: open it in the window (View > Panels > Runs), or copy it home.

- *Go on:* submit the job again. It goes on from the last checkpoint, also with another number of machines or processes.
- *Stop:* `scancel --signal=TERM JOB` (and Slurm itself, at the time limit) lets all processes stop at the same step, with the state saved.
- *A process that dies* ends all of them, with words that name it in `slurm-JOB.out`.
- *Batch normalization* takes its mean and deviation from the part of the batch that a process has.

Without Slurm, on one machine:

```sh
torchrun --nproc-per-node $processes -m visualnet train project.vnet --run-dir run
```
$script_words
"""

SCRIPT_ROW = "| `train.py`, `train_data.npz` | the same training as a script that needs only PyTorch and NumPy, for one process |"
SCRIPT_WORDS = """
With PyTorch and NumPy alone, in one process (no `torchrun`):

```sh
python train.py
```
"""
NO_SCRIPT_WORDS = """
There is no `train.py` here: $why.
"""
