"""What a recipe begins from: a run's weights or a kept file, found by name, matched and put into a network.

A recipe never holds a path: a project file from elsewhere must not lead this program to a file of its choice. It holds
``runs/FOLDER/best``, ``runs/FOLDER/last`` or ``weights/NAME``, names among the person's own, or ``trained/TEMPLATE``, what comes with the
program.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from visualnet.analysis import Analysis
from visualnet.compiling.module import compile_project
from visualnet.core.project import Project
from visualnet.core.storage.paths import runs_dir, weights_dir
from visualnet.training import checkpoints
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.transfer import shipped
from visualnet.training.transfer.matching import MatchedTensors, match_tensors
from visualnet.training.transfer.weight_files import keep_copy, non_finite_tensors, read_weights, specs

LAST = tuple(f"{folder}/weights.safetensors" for folder in (checkpoints.LAST, checkpoints.BEFORE))


def find_weights(reference: str) -> Path:
    """The file that a recipe's ``start_from`` names.

    Raises:
        BadCheckpoint: it is not on this machine.
    """
    place, _, rest = reference.partition("/")
    if place == "weights":
        path = weights_dir() / f"{rest}.safetensors"
        if path.is_file():
            return path
        raise BadCheckpoint(
            f"the weights “{rest}” that this training starts from are not on this machine: choose them again"
        )
    if place == shipped.PLACE:
        if (file := shipped.shipped_file(rest)) is not None:
            return file
        raise BadCheckpoint(
            f"no trained weights of “{rest}” come with this program: choose others, or start from nothing"
        )
    folder, _, which = rest.rpartition("/")
    names = (checkpoints.BEST,) if which == "best" else LAST
    found = next((path for name in names if (path := runs_dir() / folder / name).is_file()), None)
    if found is None:
        words = f"the run “{folder}” that this training starts from has no {which} weights on this machine"
        raise BadCheckpoint(f"{words}: choose another one, or start from nothing")
    return found


def refer_to(path: Path) -> str:
    """How a recipe names a file of weights, or a run's folder (``best`` or ``last`` in it); a copy is kept of what is no run here.

    Raises:
        BadCheckpoint: there are no weights in it.
        OSError: the copy cannot be written.
    """
    if path.parent.as_posix() == shipped.PLACE and not path.exists() and shipped.shipped_file(path.name) is not None:
        return path.as_posix()
    path = path.expanduser().absolute()
    if path.is_dir() or path.name in ("best", "last"):
        folder, which = (path, "") if path.is_dir() and path.name != checkpoints.LAST else (path.parent, path.name)
        ways = {"best": (checkpoints.BEST,), "last": LAST}
        names = ways.get(which) or (checkpoints.BEST, *LAST)
        name = next((name for name in names if (folder / name).is_file()), None)
        if name is None:
            raise BadCheckpoint(f"{folder} is no run with {which or 'kept'} weights")
        if folder.parent == runs_dir().absolute():
            return f"runs/{folder.name}/{'best' if name == checkpoints.BEST else 'last'}"
        path = folder / name
    return f"weights/{keep_copy(path)}"


def match_network(net: nn.Module, tensors: dict[str, Tensor]) -> MatchedTensors:
    """What of these tensors the network would take over."""
    own = specs(checkpoints.weights(net))
    return match_tensors(own, specs(tensors), non_finite_tensors(tensors))


def preview(project: Project, path: Path, analysis: Analysis | None = None) -> MatchedTensors:
    """What of a file of weights the project's network would take over; nothing is changed and no weights are drawn.

    Raises:
        BadCheckpoint: the file cannot be read.
        GraphError: the network has errors.
    """
    return match_network(compile_project(project, analysis, device="meta").net, read_weights(path))


def start_from(reference: str, net: nn.Module) -> MatchedTensors:
    """Put what a recipe begins from into the network; the rest keeps its fresh weights.

    Raises:
        BadCheckpoint: it is not there, cannot be read, or nothing of it fits.
    """
    tensors = read_weights(find_weights(reference))
    table = match_network(net, tensors)
    if not table.taken:
        raise BadCheckpoint(f"the training cannot start from {reference}: it is of another network, no tensor fits")
    own = checkpoints.weights(net)
    with torch.no_grad():
        for name, source in table.taken.items():
            own[name].copy_(checkpoints.divide_like(tensors[source], own[name]))
    return table
