"""Weights that carry their drawing: the project's text in the ``__metadata__`` of a safetensors file, written and read within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.embedded_project import strip_local_paths
from visualnet.core.storage.regular_files import open_regular

if TYPE_CHECKING:
    from torch import Tensor

KEY = "visualnet.project"
MAX_HEADER = 4 << 20
"""Bytes of a header that are read, with the project in it."""
_NONE = "Only files that VisualNet exported carry their network: open its .vnet file, or draw the network and start from these weights."


def save_with_project(path: Path, tensors: Mapping[str, Tensor], project: Project) -> None:
    """Write tensors as safetensors, with the project (without places on this machine, and without its history of runs) in the metadata.

    Raises:
        FileError: the project is too large for a header, or the file cannot be written; what stood there is as it was.
    """
    from safetensors.torch import save

    text = project_file.dumps(replace(strip_local_paths(project), runs=())).decode()
    if len(msgspec.json.encode(text)) > MAX_HEADER // 2:
        raise FileError(
            str(path), "the project is too large to go with the weights", way_out="Save it as a .vnet file."
        )
    plain = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    project_file.write(path, save(plain, {"format": "pt", KEY: text}))


def read_project_of(path: Path) -> Project:
    """The project that a file of weights carries. No tensor is read.

    Raises:
        FileError: it carries none, or is no such file; the words say which.
    """
    try:
        with open_regular(path) as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= MAX_HEADER:
                raise FileError(str(path), "its header is not one that this program writes", way_out=_NONE)
            header = msgspec.json.decode(file.read(length), type=dict[str, msgspec.Raw])
            metadata = msgspec.json.decode(header.get("__metadata__", b"{}"), type=dict[str, str])
    except OSError as error:
        reason = f"it cannot be read ({(error.strerror or str(error)).lower()})"
        raise FileError(str(path), reason, way_out="Check who may read it.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise FileError(str(path), "it is no safetensors file", way_out=_NONE) from None
    if KEY not in metadata:
        raise FileError(str(path), "these weights carry no project", way_out=_NONE)
    return project_file.loads(metadata[KEY].encode(), path.name)
