"""What a kept run has learned, written for other tools: its weights as safetensors, with its project in the metadata."""

from __future__ import annotations

from pathlib import Path

from visualnet.training.runs.run_model import read_project
from visualnet.training.transfer.project_in_weights import save_with_project


def export_weights(folder: Path, file: Path, wish: str = "best") -> tuple[str, int]:
    """Write what a run has learned, with its project, into a safetensors file; whether the ``best`` or the ``last`` weights, and how many
    tensors.

    Raises:
        ValueError: the run has no weights, or its project cannot be read.
        FileError: a file cannot be read or written.
    """
    from visualnet.pytorch import need_torch
    from visualnet.training.evaluation.evaluation import find_weights
    from visualnet.training.transfer.weight_files import read_weights

    need_torch()
    project = read_project(folder)
    path, which = find_weights(folder, wish)
    tensors = read_weights(path)
    if project is None:
        raise ValueError(f"the project in {folder} cannot be read")
    save_with_project(file, tensors, project)
    return which, len(tensors)
