"""Draw a neural network, see why its tensors fit, train it and watch it learn.

From Python: ``net = visualnet.Graph()`` builds a network, ``visualnet.load("net.vnet")`` opens one; ``summary``, ``compile``, ``train`` and
``load_run`` do the rest. Nothing but the standard library is imported until one of them is used.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from visualnet.version import __version__ as __version__

if TYPE_CHECKING:
    import networkx

    from visualnet.api.capsules import load_capsule as load_capsule
    from visualnet.api.cross_validation import cross_validate as cross_validate
    from visualnet.api.graph import Graph as Graph
    from visualnet.api.graph import LayerError as LayerError
    from visualnet.api.graph import Summary
    from visualnet.api.training import TrainingError as TrainingError
    from visualnet.api.training import load_run as load_run
    from visualnet.api.training import predict as predict
    from visualnet.api.training import train as train
    from visualnet.compiling.module import Model
    from visualnet.compiling.plan import GraphError as GraphError
    from visualnet.core.errors import FileError as FileError
    from visualnet.core.project import Project
    from visualnet.pytorch import NoTorch as NoTorch
    from visualnet.training.checkpoints import BadCheckpoint as BadCheckpoint
    from visualnet.training.events import Changed as Changed
    from visualnet.training.events import CheckpointSaved as CheckpointSaved
    from visualnet.training.events import Compiling as Compiling
    from visualnet.training.events import EpochDone as EpochDone
    from visualnet.training.events import Failed as Failed
    from visualnet.training.events import Finished as Finished
    from visualnet.training.events import Memory as Memory
    from visualnet.training.events import NetworkChanged as NetworkChanged
    from visualnet.training.events import Paused as Paused
    from visualnet.training.events import ProbeReport as ProbeReport
    from visualnet.training.events import Progress as Progress
    from visualnet.training.events import Resumed as Resumed
    from visualnet.training.events import Started as Started
    from visualnet.training.events import Steps as Steps
    from visualnet.training.events import Trouble as Trouble

__all__ = [
    "BadCheckpoint",
    "Changed",
    "CheckpointSaved",
    "Compiling",
    "EpochDone",
    "Failed",
    "FileError",
    "Finished",
    "Graph",
    "GraphError",
    "LayerError",
    "Memory",
    "NetworkChanged",
    "NoTorch",
    "Paused",
    "ProbeReport",
    "Progress",
    "Resumed",
    "Started",
    "Steps",
    "TrainingError",
    "Trouble",
    "compile",
    "cross_validate",
    "load",
    "load_capsule",
    "load_run",
    "predict",
    "summary",
    "to_networkx",
    "train",
]
EVENTS = (
    "Changed",
    "CheckpointSaved",
    "Compiling",
    "EpochDone",
    "Failed",
    "Finished",
    "Memory",
    "NetworkChanged",
    "Paused",
    "ProbeReport",
    "Progress",
    "Resumed",
    "Started",
    "Steps",
    "Trouble",
)
"""What a training says while it goes on: ``for event in visualnet.train(net): match event: case visualnet.EpochDone(): …``."""
_LATE = {
    "Graph": "api.graph",
    "LayerError": "api.graph",
    "train": "api.training",
    "TrainingError": "api.training",
    "load_run": "api.training",
    "load_capsule": "api.capsules",
    "cross_validate": "api.cross_validation",
    "predict": "api.training",
    "GraphError": "compiling.plan",
    "FileError": "core.errors",
    "NoTorch": "pytorch",
    "BadCheckpoint": "training.checkpoints",
    **dict.fromkeys(EVENTS, "training.events"),
}


def load(path: str | os.PathLike[str]) -> Project:
    """The project in a ``.vnet`` file.

    Raises:
        FileError: the file cannot be read; the words say where and why.
    """
    from visualnet.core.storage import project_file

    return project_file.load(os.fspath(path))


def compile(project: Project, *, device: Any = "cpu", seed: int | None = None) -> Model:
    """The project as PyTorch: ``.net`` is the network, ``.objective`` gives the loss, ``.view(ports)`` looks inside.

    Raises:
        GraphError: the graph has errors, or is too large for this machine.
        NoTorch: PyTorch is missing or cannot be loaded.
    """
    from visualnet.pytorch import need_torch

    need_torch()
    from visualnet.compiling.module import compile_project

    return compile_project(project, device=device, seed=seed)


def summary(project: Project | Graph) -> Summary:
    """What the project is, as plain data: nodes with shapes, parameters and MACs, totals, problems. Needs no torch.

    It prints as a table, and shows as one in a notebook.
    """
    from visualnet.api.graph import Graph, Summary

    return Summary(project.project if isinstance(project, Graph) else project)


def to_networkx(project: Project, sheet: str = "") -> networkx.MultiDiGraph:
    """The main sheet, or a block's, as a graph of networkx: nodes by id with ``name``, ``kind``, ``params``, ``shape`` (the first output's,
    without the batch; None while unknown) and ``shapes`` by output port; an edge for each wire, with ``source_port`` and ``target_port``.

    Raises:
        ValueError: there is no such block.
    """
    from visualnet.analysis import infer
    from visualnet.analysis.as_networkx import as_networkx

    return as_networkx(infer(project), sheet)


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f"visualnet.{_LATE[name]}"), name)
    raise AttributeError(f"module 'visualnet' has no attribute '{name}'")


def _show_in_notebook() -> None:
    """In a notebook a project shows itself as a picture."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        import_module("visualnet.api.notebook").register(shell)


_show_in_notebook()
