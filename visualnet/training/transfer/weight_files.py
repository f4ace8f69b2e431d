"""Reads files of weights, untrusted ones too: safetensors, and what PyTorch saves. Nothing in them is executed, all is bounded.

What PyTorch saves is a zip archive with a pickle in it. It is opened only with ``weights_only=True``, which builds tensors and plain
containers and refuses everything else; older files, which are a bare pickle, are not opened at all.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from visualnet.compiling.plan import memory_budget
from visualnet.core.storage.paths import weights_dir
from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import visible
from visualnet.training.checkpoints import TENSOR_TYPES, BadCheckpoint, read_header, save_weights
from visualnet.training.transfer.matching import Spec

SUFFIXES = (".safetensors", ".pt", ".pth")
MAX_PICKLE = 16 << 20
"""What says how the tensors are called and laid out; that of a network of 10,000 tensors is 1 MB."""
MAX_TENSORS = 20_000
MAX_NAME = 1_000
NESTED = ("state_dict", "model_state_dict", "model", "net", "weights")
"""Where training scripts put the ``state_dict`` among other things, in the order in which it is looked for."""


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by name, in the file's order.

    Raises:
        BadCheckpoint: it is none of those that are known, is torn, too large, or wants more than to give tensors; the words say which.
    """
    try:
        with open_regular(path) as file:
            size, first = file.seek(0, 2), b""
            file.seek(0)
            first = file.read(4)
    except OSError as error:
        raise BadCheckpoint(f"{_name(path)} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if size > (most := memory_budget()):
        raise BadCheckpoint(
            f"{_name(path)} has {format_bytes(size)}; the memory of this machine takes {format_bytes(most)}"
        )
    suffix = path.suffix.lower()
    if suffix == ".safetensors":
        return _read_safetensors(path)
    if suffix not in SUFFIXES:
        raise BadCheckpoint(f"{_name(path)}: weights are read from {', '.join(SUFFIXES)}")
    if first != b"PK\x03\x04":
        words = "is not what torch.save writes today (a zip archive); an old or bare pickle could run code and is not opened"
        raise BadCheckpoint(f"{_name(path)} {words}: load it where it came from and save it again")
    return _read_torch(path, size)


def specs(tensors: Mapping[str, Tensor]) -> dict[str, Spec]:
    """Shapes and types by name."""
    return {name: (tuple(t.shape), TENSOR_TYPES.get(t.dtype, str(t.dtype))) for name, t in tensors.items()}


def non_finite_tensors(tensors: Mapping[str, Tensor]) -> set[str]:
    """The tensors whose numbers are not all finite."""
    floats = {name: t for name, t in tensors.items() if t.is_floating_point() and t.dtype in TENSOR_TYPES}
    return {name for name, tensor in floats.items() if not bool(torch.isfinite(tensor).all())}


def keep_copy(path: Path) -> str:
    """Read a file and keep its tensors among the person's own weights; the name under which they are found.

    Raises:
        BadCheckpoint: it cannot be read.
        OSError: the copy cannot be written.
    """
    tensors = read_weights(path)
    digest = sha256()
    for name, tensor in tensors.items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    stem = re.sub(r"[^\w.-]+", "-", path.stem).strip("-.")[:60] or "weights"
    name = f"{stem}-{digest.hexdigest()[:8]}"
    target = weights_dir() / f"{name}.safetensors"
    if not target.is_file():
        save_weights(target, {key: tensor.contiguous().clone() for key, tensor in tensors.items()})
    return name


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    header = read_header(path)
    _check_count(path, len(header))
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            # Such files are sorted by letters; layers are counted: layer.2 stands before layer.10.
            return {name: file.get_tensor(name) for name in sorted(header, key=_counted)}
    except Exception as error:
        raise BadCheckpoint(f"{_name(path)} cannot be read: {_first_line(error)}") from None


def _counted(name: str) -> list[tuple[int, str]]:
    """A name with its numbers as numbers, to sort by."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name)]


def _read_torch(path: Path, size: int) -> dict[str, Tensor]:
    _check_archive(path, size)
    try:
        with open_regular(path) as file:
            found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        # torch's own words name the remedy “weights_only=False”, which is none.
        if "weights_only" in str(error) or "Unsupported" in str(error):
            words = "wants to do more than give tensors (it names code to be run), and is not opened"
            raise BadCheckpoint(f"{_name(path)} {words}: save its state_dict alone, or take its safetensors") from None
        raise BadCheckpoint(f"{_name(path)} cannot be read: {_first_line(error)}") from None
    tensors = _state_dict(found)
    if not tensors:
        raise BadCheckpoint(
            f"{_name(path)} holds no state_dict: no tensors by name, also not under {', '.join(NESTED)}"
        )
    _check_count(path, len(tensors))
    return tensors


def _check_archive(path: Path, size: int) -> None:
    """Nothing in the archive may be larger than the file itself says: torch writes it uncompressed."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadCheckpoint(f"{_name(path)} is torn or not whole: {_first_line(error)}") from None
    packed = [e for e in entries if e.compress_type != zipfile.ZIP_STORED]
    whole = sum(e.file_size for e in entries)
    pickles = [e for e in entries if e.filename.endswith(".pkl")]
    if packed or whole > size:
        raise BadCheckpoint(
            f"{_name(path)} would unpack to {format_bytes(whole)}: torch packs nothing, so it is not from torch"
        )
    if any(e.file_size > MAX_PICKLE for e in pickles):
        raise BadCheckpoint(f"{_name(path)} describes more than any network has, and is not opened")


def _state_dict(found: Any) -> dict[str, Tensor]:
    """The tensors by name that torch found; with those of an optimizer beside them, only the network's."""
    for inner in (found, *(found.get(key) for key in NESTED if isinstance(found, dict))):
        if isinstance(inner, dict):
            plain = {k: v for k, v in inner.items() if isinstance(k, str) and len(k) <= MAX_NAME and _is_plain(v)}
            if plain:
                return {name: tensor.detach() for name, tensor in plain.items()}
    return {}


def _is_plain(value: Any) -> bool:
    """Whether it is a dense tensor whose numbers are really there (a small storage can pose as an endless tensor)."""
    if (
        not isinstance(value, Tensor)
        or value.layout != torch.strided
        or value.is_quantized
        or value.device.type != "cpu"
    ):
        return False
    return value.dtype in TENSOR_TYPES and value.numel() * value.element_size() <= value.untyped_storage().nbytes()


def _check_count(path: Path, count: int) -> None:
    if count > MAX_TENSORS:
        raise BadCheckpoint(f"{_name(path)} has {count:,} tensors; at most {MAX_TENSORS:,} are read")


def _name(path: Path) -> str:
    return visible(path.name)


def _first_line(error: Exception) -> str:
    return visible(str(error).strip().partition("\n")[0][:200]) or type(error).__name__
