"""A run's state on disk: weights, optimizer and generators as safetensors, numbers as checked JSON. Never pickle.

A checkpoint is a folder that is written aside, made sure of and renamed; the one before is kept until the next is complete.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from visualnet.core.storage.regular_files import open_regular, read_regular, sync_folder, write_all
from visualnet.core.storage.temporaries import folder_aside
from visualnet.core.text.format import format_bytes
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.training.recipe.live_settings import SettingChange

FORMAT = 1
MAX_HEADER = 4 << 20
MAX_STATE = 4 << 20
LAST, BEFORE, BEST, AVERAGE = "last", "before-last", "best.safetensors", "average.safetensors"
TENSOR_TYPES = {
    torch.float32: "F32",
    torch.float64: "F64",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
Expected = Mapping[str, tuple[tuple[int, ...], str]]
MAX_THREADS = 4096
MAX_NETWORKS = 100_000
MAX_SECONDS = 1e10
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
Word = Annotated[str, msgspec.Meta(max_length=200)]


class LearnerState(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one learner: its optimizer's name and rate, gathered batches, and what its schedule needs to go on."""

    optimizer: Word
    lr: Annotated[float, msgspec.Meta(ge=0, le=1e6)]
    gathered: Count = 0
    rate: Mapping[Word, float | None] = {}
    scaler: Mapping[Word, float | None] = {}


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a checkpoint. ``position`` counts the steps of this epoch; ``sums`` are its totals so far.

    ``counts`` says what each total is over (places that were asked; samples where it is missing), ``tallies`` what overlaps are made from.
    """

    format: int = FORMAT
    step: Count
    epoch: Count
    position: Count
    lr: Annotated[float, msgspec.Meta(ge=0, le=1e6)]
    optimizer: Word
    samples: Count = 0
    sums: Mapping[str, float | None] = {}
    counts: Mapping[str, float] = {}
    tallies: Mapping[str, list[list[Count]]] = {}
    gathered: Count = 0
    """Batches whose gradients wait for the next step."""
    rate: Mapping[Word, float | None] = {}
    """What the schedule of the learning rate needs to go on."""
    scaler: Mapping[Word, float | None] = {}
    """What scales the losses of fp16."""
    learners: Mapping[Word, LearnerState] = {}
    """Of several learners, each by its name; what stands beside it is then of the first."""
    best: float | None = None
    best_loss: float | None = None
    best_epoch: Count = 0
    gained: float | None = None
    stale: Count = 0
    network: Annotated[int, msgspec.Meta(ge=0, le=MAX_NETWORKS)] = 0
    """How often the network was changed: the run's folder holds each (``network-1``)."""
    seconds: Annotated[float, msgspec.Meta(ge=0, le=MAX_SECONDS)] = 0.0
    data: Word = ""
    device: Word = ""
    threads: Annotated[int, msgspec.Meta(ge=1, le=MAX_THREADS)] = 1
    torch: Word = ""
    procedure: Mapping[Word, float | None] = {}
    """The numbers of what a round does, where it has some."""
    changes: tuple[SettingChange, ...] = ()
    """The settings that were changed since the run began, each as it was then and as it is now."""
    change_count: Count = 0
    """In how many steps: so many ``Changed`` events of the run's record are in force."""
    waiting: tuple[SettingChange, ...] = ()
    """What was asked for and acts with the next epoch."""
    asked: tuple[SettingChange, ...] = ()
    """In what the project that the session was given differed from the one that the run began with."""

    left_out: Mapping[Count, Annotated[str, msgspec.Meta(max_length=1000)]] = {}
    """The samples that could not be read, and why: they stay left out."""

    def of_learners(self) -> Mapping[str, LearnerState]:
        """The learners by name; one that is the recipe itself has none."""
        only = LearnerState(
            optimizer=self.optimizer, lr=self.lr, gathered=self.gathered, rate=self.rate, scaler=self.scaler
        )
        return self.learners or {"": only}


class BadCheckpoint(ValueError):
    """A checkpoint cannot be used; the words say why."""


# --- weights -------------------------------------------------------------------------------------------------------


def weights(net: nn.Module) -> dict[str, Tensor]:
    """Every tensor of the network by name, those that several names share only once."""
    found: dict[str, Tensor] = {}
    seen: set[tuple[Any, ...]] = set()
    for name, tensor in net.state_dict(keep_vars=True).items():
        key: tuple[Any, ...] = (name,)
        if tensor.is_meta:  # it lies nowhere: whoever shares it has the very same object
            key = (id(tensor),)
        elif tensor.numel() and not _is_divided(tensor):
            key = (tensor.device, tensor.data_ptr(), tensor.shape, tensor.stride())
        if key not in seen:
            seen.add(key)
            found[name] = tensor.detach()
    return found


def _is_divided(tensor: Tensor) -> bool:
    """Whether several processes have a part of it each (a ``DTensor``)."""
    return hasattr(tensor, "full_tensor")


def gather_tensor(tensor: Tensor) -> Tensor:
    """A tensor that is divided over the processes, put together: all of them ask for it. Any other as it is."""
    return tensor.full_tensor() if _is_divided(tensor) else tensor  # type: ignore[attr-defined]


def gather(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Divided tensors put together on the processor, one after the other: all processes call this with the same ones."""
    return {name: gather_tensor(tensor).detach().cpu() for name, tensor in tensors.items()}


def divide_like(tensor: Tensor, own: Tensor) -> Tensor:
    """A whole tensor as ``own`` is: this process's part of it where that is divided; each has the whole one, and nothing is sent."""
    if not _is_divided(own):
        return tensor
    from torch.distributed.tensor import distribute_tensor

    mesh: Any = own.device_mesh  # type: ignore[attr-defined]
    placements: Any = own.placements  # type: ignore[attr-defined]
    return distribute_tensor(tensor.to(own.device), mesh, placements, src_data_rank=None)


def save_weights(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors beside the file and put them in its place."""
    with folder_aside(path) as aside:
        _save(aside / path.name, tensors)
        os.replace(aside / path.name, path)


def load_weights(path: Path, net: nn.Module) -> None:
    """Put a file's weights into the network.

    Raises:
        BadCheckpoint: its names, shapes or types are not the network's, or it cannot be read.
    """
    own = weights(net)
    found = read_tensors(path, {name: (tuple(t.shape), TENSOR_TYPES[t.dtype]) for name, t in own.items()})
    with torch.no_grad():
        for name, tensor in found.items():
            own[name].copy_(divide_like(tensor, own[name]))


def read_tensors(path: Path, expected: Expected) -> dict[str, Tensor]:
    """The tensors of a file whose header, read first, says exactly what is expected.

    Raises:
        BadCheckpoint: it says something else, or the file is torn.
    """
    header = read_header(path)
    if header.keys() != expected.keys():
        odd = sorted(header.keys() ^ expected.keys())
        raise BadCheckpoint(f"{path.name} is of another network: it differs in {', '.join(odd[:3])}")
    for name, wanted in expected.items():
        if header[name] != wanted:
            shapes = "×".join(map(str, header[name][0])), "×".join(map(str, wanted[0]))
            raise BadCheckpoint(
                f"{path.name}: {name} is {header[name][1]} {shapes[0]}; the network has {wanted[1]} {shapes[1]}"
            )
    try:
        return load_file(path)
    except Exception as error:
        raise BadCheckpoint(f"{path.name} cannot be read: {error}") from None


def read_header(path: Path) -> dict[str, tuple[tuple[int, ...], str]]:
    """Names, shapes and types that a safetensors file declares, without reading a tensor.

    Raises:
        BadCheckpoint: there is no such file, or its header is torn or too large.
    """
    try:
        with open_regular(path) as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= MAX_HEADER:
                raise BadCheckpoint(
                    f"{path.name}: its header of {format_bytes(length)} is not one that this program writes"
                )
            raw = msgspec.json.decode(file.read(length), type=dict[str, dict[str, Any]])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadCheckpoint(f"{path.name} cannot be read: {_why(error)}") from None
    raw.pop("__metadata__", None)
    try:
        return {name: (tuple(entry["shape"]), str(entry["dtype"])) for name, entry in raw.items()}
    except (KeyError, TypeError):
        raise BadCheckpoint(f"{path.name}: its header is not that of a safetensors file") from None


# --- whole checkpoints ---------------------------------------------------------------------------------------------


def save(
    run: Path,
    state: State,
    tensors: Mapping[str, Tensor],
    learned: Mapping[str, Tensor],
    extras: Mapping[str, Tensor],
    damaged: bool = False,
) -> None:
    """Write a checkpoint and put it in the place of the last one, which becomes the one before.

    ``tensors`` are the network's (`weights`), ``learned`` those of its optimizers (`optimizer_tensors`). ``damaged``
    says that the last one cannot be used: then it goes, and the one before stays.

    Raises:
        OSError: the disk takes no more; what was there before is whole.
    """
    run.mkdir(parents=True, exist_ok=True)
    last, before = run / LAST, run / BEFORE
    with folder_aside(last) as aside:
        new, old = aside / "new", aside / "old"
        new.mkdir()
        _save(new / "weights.safetensors", tensors)
        _save(new / "optimizer.safetensors", learned)
        _save(new / "generators.safetensors", extras)
        with open_regular(new / "state.json", "wb", buffering=0) as file:
            write_all(file.fileno(), msgspec.json.format(msgspec.json.encode(state), indent=2))
            os.fsync(file.fileno())
        if os.path.lexists(last):
            # Renamed, not taken away piece by piece: whatever moment the process ends in, each place holds a whole one or none.
            spared = last if damaged else before
            if os.path.lexists(spared):
                os.replace(spared, old)
            if not damaged:
                os.replace(last, before)
        os.replace(new, last)
        with contextlib.suppress(OSError):
            sync_folder(run)


def find_checkpoints(run: Path) -> list[Path]:
    """The checkpoints of a run, the newest first. A crash between two renames leaves only the one before."""
    return [run / name for name in (LAST, BEFORE) if (run / name).is_dir()]


def read_state(folder: Path) -> State:
    """The numbers of a checkpoint.

    Raises:
        BadCheckpoint: they cannot be read or are out of bounds.
    """
    path = folder / "state.json"
    try:
        state = msgspec.json.decode(read_regular(path, MAX_STATE), type=State)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadCheckpoint(f"the checkpoint {folder} cannot be read: {_why(error)}") from None
    if state.format > FORMAT:
        raise BadCheckpoint(f"the checkpoint {folder} was written by a newer version of this program")
    return state


def _why(error: Exception) -> str:
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)


def restore(
    folder: Path, state: State, net: nn.Module, optimizers: Mapping[str, torch.optim.Optimizer], extras: Expected
) -> dict[str, Tensor]:
    """Put a checkpoint's weights and optimizer state in place; its generators and order are returned.

    Raises:
        BadCheckpoint: something in it does not fit this network, optimizer or data.
    """
    found = read_tensors(folder / "generators.safetensors", extras)
    _restore_optimizers(folder / "optimizer.safetensors", state, optimizers)
    load_weights(folder / "weights.safetensors", net)
    return found


def lay_out_like(tensor: Tensor, parameter: nn.Parameter) -> Tensor:
    """A tensor of a file on the device of a weight and in its memory format: fused optimizers walk over both side by side."""
    return torch.empty_like(parameter.detach(), dtype=tensor.dtype).copy_(divide_like(tensor, parameter))


def find_learned(folder: Path, parameters: Sequence[nn.Parameter], start: str = "") -> Expected:
    """What a checkpoint holds of these weights beside the optimizer's own: gathered gradients, and the averaged copy. Names ``start`` so.

    Raises:
        BadCheckpoint: its header cannot be read.
    """
    present = read_header(folder / "generators.safetensors").keys()
    return {
        name: (tuple(p.shape), TENSOR_TYPES[p.dtype])
        for i, p in enumerate(parameters)
        for name in (f"{start}gradient.{i}", f"{start}average.{i}")
        if name in present
    }


def _restore_optimizers(path: Path, state: State, optimizers: Mapping[str, torch.optim.Optimizer]) -> None:
    learners = state.of_learners()
    kept = {name: list(OPTIMIZERS[learners[name].optimizer].keeps(o.param_groups[0])) for name, o in optimizers.items()}
    possible: dict[str, tuple[tuple[int, ...], str]] = {}
    for name, optimizer in optimizers.items():
        for i, parameter in enumerate(p for group in optimizer.param_groups for p in group["params"]):
            for one in kept[name]:
                shape = tuple(parameter.shape) if one.each else ()
                possible[_start(name) + f"{i}.{one.name}"] = (
                    shape,
                    TENSOR_TYPES[parameter.dtype] if one.each else "F32",
                )
    # A weight without a gradient so far has no state; any other must be whole.
    present = read_header(path).keys()
    partial = {n for n in present if n not in possible}
    expected = possible if partial else {n: possible[n] for n in present}
    found = read_tensors(path, expected)
    by_index: dict[str, dict[int, dict[str, Tensor]]] = {name: {} for name in optimizers}
    for full, tensor in found.items():
        owner, _, rest = full.partition(".") if state.learners else ("", "", full)
        index, _, key = rest.partition(".")
        by_index[owner].setdefault(int(index), {})[key] = tensor
    if any(len(entry) != len(kept[name]) for name, entries in by_index.items() for entry in entries.values()):
        raise BadCheckpoint(f"{path.name} is not complete")
    for name, optimizer in optimizers.items():
        weights = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        for at, entry in by_index[name].items():
            entry.update({key: lay_out_like(t, weights[at]) for key, t in entry.items() if t.dim()})
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": by_index[name], "param_groups": groups})
        for group in optimizer.param_groups:
            group["lr"] = learners[name].lr


def _start(name: str) -> str:
    """What stands before the names of a learner's tensors."""
    return f"{name}." if name else ""


def optimizer_tensors(optimizers: Mapping[str, torch.optim.Optimizer]) -> dict[str, Tensor]:
    """What optimizers keep, by the number of the weight and torch's name for it; those of several learners by name, or the one without."""
    found = {}
    for name, optimizer in optimizers.items():
        for index, entry in optimizer.state_dict()["state"].items():
            for key, value in entry.items():
                if isinstance(value, Tensor):
                    found[f"{_start(name)}{index}.{key}"] = value
    return found


def _save(path: Path, tensors: Mapping[str, Tensor]) -> None:
    try:
        save_file({name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}, path)
    except OSError:
        raise
    except Exception as error:  # safetensors tells a full disk as an error of its own, the number in its words
        number = re.search(r"os error (\d+)", str(error))
        raise (OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error))) from None
    with open_regular(path, "rb+") as file:
        os.fsync(file.fileno())
