"""Draw a neural network, see why its tensors fit, train it and watch it learn.

From Python: ``project = visualnet.load("net.vnet")``, ``visualnet.summary(project)``, ``model = visualnet.compile(project)``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx

    from visualnet.compiling.module import Model
    from visualnet.core.project import Project

__version__ = "0.1.0"
__all__ = ["compile", "load", "summary", "to_networkx"]


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


def summary(project: Project) -> dict[str, Any]:
    """What the project is, as plain data: nodes with shapes, parameters and MACs, totals, problems. Needs no torch."""
    from visualnet.analysis import infer
    from visualnet.analysis.report import report

    return report(project, infer(project))


def to_networkx(project: Project, sheet: str = "") -> networkx.MultiDiGraph:
    """The main sheet, or a block's, as a graph of networkx: nodes by id with ``name``, ``kind``, ``params``, ``shape`` (the first output's,
    without the batch; None while unknown) and ``shapes`` by output port; an edge for each wire, with ``source_port`` and ``target_port``.

    Raises:
        ValueError: there is no such block.
    """
    from visualnet.analysis import infer
    from visualnet.analysis.as_networkx import as_networkx

    return as_networkx(infer(project), sheet)
